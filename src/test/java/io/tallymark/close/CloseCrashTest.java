package io.tallymark.close;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.simulator.call.Fault;
import io.tallymark.usage.UserError;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A close is ended at each of its calls to Stripe, one month each; the next one leads on, and each unit is billed once. */
class CloseCrashTest {
    private static final int MOST_CALLS = 40;

    @ParameterizedTest
    @EnumSource(names = {"SERVER_ERROR_BEFORE", "SERVER_ERROR_AFTER", "RESET_MID_BODY"})
    void draftIsFinalizedOnce(Fault fault) throws SQLException {
        try (CloseRig rig = new CloseRig()) {
            int calls = new Months(rig, fault, false).crashEach();

            assertThat(rig.books.rows("SELECT count(*) FROM billing_carry")).containsExactly("0");
            System.out.println("close: ended by " + fault + " at each of " + calls + " calls");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SERVER_ERROR_BEFORE", "RESET_MID_BODY"})
    void whatAFinalInvoiceLacksIsCarriedOnce(Fault fault) throws SQLException {
        try (CloseRig rig = new CloseRig()) {
            int calls = new Months(rig, fault, true).crashEach();

            assertThat(rig.books.rows("SELECT count(*), sum(amount) FROM billing_carry"))
                    .containsExactly(calls + 1 + ", " + 100 * (calls + 1));
            System.out.println("close: of final invoices, ended by " + fault + " at each of " + calls + " calls");
        }
    }

    /** A subscription's months, each closed by a command that is ended one call later than the month before. */
    private static final class Months {
        private final CloseRig rig;
        private final Fault fault;
        private final boolean unseen;
        private Instant start = Instant.parse("2026-11-01T00:00:00Z");
        private long used;

        /** @param unseen whether Stripe finalizes before anybody looks, with usage that comes too late */
        Months(CloseRig rig, Fault fault, boolean unseen) throws SQLException {
            this.rig = rig;
            this.fault = fault;
            this.unseen = unseen;
            rig.subscribe("pro");
            rig.now(start.plusSeconds(150));
            rig.watermark(start);
            rig.closeInvoice();
        }

        /** How many calls a close makes. */
        int crashEach() throws SQLException {
            for (int call = 0; call < MOST_CALLS; call++) {
                Instant end = start.atZone(ZoneOffset.UTC).plusMonths(1).toInstant();
                use(end);
                if (!isCutOff(call)) {
                    billed(end);
                    return call;
                }
                closes();
                start = end;
            }
            throw new AssertionError("a close makes more than " + MOST_CALLS + " calls");
        }

        private void use(Instant end) throws SQLException {
            Instant hour = end.minusSeconds(7_200);
            rig.now(end.minusSeconds(3_000));
            rig.total("bytes", hour, "7");
            used += 7;
            rig.sync();
            rig.now(end.plusSeconds(150));
            rig.watermark(end);
            if (unseen) {
                rig.now(end.plusSeconds(7_200));
                rig.total("bytes", hour, "107");
                used += 100;
            }
            assertThat(rig.sync().isComplete()).isTrue();
        }

        /** Whether the close came to that call. */
        private boolean isCutOff(int call) throws SQLException {
            List<Fault> script = new ArrayList<>(Collections.nCopies(call, Fault.NONE));
            script.add(fault);
            rig.simulator.faults().next(script.toArray(Fault[]::new));
            look();
            boolean cutOff = rig.simulator.faults().waiting() == 0;
            rig.simulator.faults().clear();
            return cutOff;
        }

        private void closes() throws SQLException {
            rig.sync();
            look();
            assertThat(rig.books.rows("SELECT count(*) FROM billing_close WHERE state <> 'closed'"))
                    .as("after %s", fault)
                    .containsExactly("0");
        }

        private void look() throws SQLException {
            try {
                rig.closing().closeAll("acme", null, null, (done, all) -> {});
            } catch (UserError e) {
                assertThat(e).hasMessageContaining("Stripe");
            }
        }

        /** All months but what the last one left to the next. */
        private void billed(Instant end) throws SQLException {
            closes();
            rig.sync();
            Instant after = end.atZone(ZoneOffset.UTC).plusMonths(1).toInstant();
            rig.now(after.plusSeconds(150));
            rig.watermark(after);
            rig.sync();
            closes();
            assertThat(rig.billedQuantity("at €0.005")).isEqualByComparingTo(BigDecimal.valueOf(used));
        }
    }
}
