package io.tallymark.close;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** From usage to a final invoice, against a real database and a simulator that rates on its own. */
class ClosingTest {
    private static final Instant HOUR = Instant.parse("2026-10-25T13:00:00Z");

    private CloseRig rig;

    @BeforeEach
    void open() throws SQLException {
        rig = new CloseRig();
        rig.subscribe("pro");
    }

    @AfterEach
    void close() throws SQLException {
        rig.close();
    }

    @Test
    void confirmedPeriodIsFinalizedToTheCent() throws SQLException {
        rig.total("requests", CloseRig.FIRST_HOUR, "4000");
        rig.total("requests", HOUR, "8345");
        rig.total("bytes", HOUR, "7");
        periodEnds();
        assertThat(rig.sync().isComplete()).isTrue();

        assertThat(rig.closeInvoice()).returns(Closed.Decision.CLOSED, Closed::decision);
        assertThat(rig.billed())
                .contains(
                        "4900: 1 × Platform (at €49.00 / month)",
                        "0: 10000 × API (Tier 1 at €0.00 / month)",
                        "235: 2345 × API (Tier 2 at €0.001 / month)",
                        "4: 7 × API (at €0.005 / month)");
    }

    @Test
    void lateUsageAfterTheCloseIsOnTheNextInvoice() throws SQLException {
        rig.total("bytes", HOUR, "7");
        periodEnds();
        rig.sync();
        rig.closeInvoice();
        rig.total("bytes", HOUR, "10");
        rig.total("bytes", CloseRig.BOUNDARY, "100");
        rig.watermark(Instant.parse("2026-12-01T00:05:00Z"));
        rig.now(CloseRig.BOUNDARY.plusSeconds(7200));
        rig.sync();
        rig.now(Instant.parse("2026-12-01T00:05:00Z"));
        rig.sync();

        assertThat(rig.closeInvoice()).returns(Closed.Decision.CLOSED, Closed::decision);
        assertThat(rig.billed()).contains("4: 7 × API (at €0.005 / month)", "52: 103 × API (at €0.005 / month)");
    }

    @Test
    void periodBelowZeroGoesOnInTheNextOne() throws SQLException {
        rig.total("bytes", HOUR, "200");
        periodEnds();
        rig.sync();
        rig.closeInvoice();
        // A void takes back more than the next period has.
        rig.total("bytes", HOUR, "50");
        rig.total("bytes", CloseRig.BOUNDARY, "20");
        nextPeriodEnds("2026-12-01T00:00:00Z");
        rig.total("bytes", Instant.parse("2026-12-01T00:00:00Z"), "1000");
        nextPeriodEnds("2027-01-01T00:00:00Z");

        assertThat(rig.billed())
                .contains(
                        "100: 200 × API (at €0.005 / month)",
                        "0: 0 × API (at €0.005 / month)",
                        "435: 870 × API (at €0.005 / month)");
        assertThat(rig.books.rows("SELECT state FROM billing_close")).containsExactly("closed", "closed", "closed");
    }

    @Test
    void voidsThatMeetAPeriodWithoutUsageGoOnToTheNextOne() throws SQLException {
        rig.total("bytes", HOUR, "200");
        periodEnds();
        rig.sync();
        rig.closeInvoice();
        rig.total("bytes", HOUR, "0");
        nextPeriodEnds("2026-12-01T00:00:00Z");
        nextPeriodEnds("2027-01-01T00:00:00Z");
        rig.total("bytes", Instant.parse("2027-01-05T08:00:00Z"), "1000");
        nextPeriodEnds("2027-02-01T00:00:00Z");

        assertThat(rig.billed()).contains("400: 800 × API (at €0.005 / month)");
        assertThat(rig.sheet("bytes"))
                .containsExactly(
                        "table 200 ledger 200 stripe 200 carried 0 unsold 0 invoice 200 agrees",
                        "table -200 ledger -200 stripe -200 carried -200 unsold 0 invoice 0 agrees",
                        "table -200 ledger -200 stripe -200 carried -200 unsold 0 invoice 0 agrees",
                        "table 800 ledger 800 stripe 800 carried 0 unsold 0 invoice 800 agrees");
    }

    @Test
    void creditThatNoLaterInvoiceTakesIsForAPerson() throws SQLException {
        fortyAreTakenBackOfABilledPeriod();
        rig.cancellation().atPeriodEnd("acme");
        Instant end = Instant.parse("2026-12-01T00:00:00Z");
        rig.now(end.plusSeconds(150));
        rig.watermark(end);
        rig.sync();

        Closed held = rig.closeInvoice();
        assertThat(held.decision()).isEqualTo(Closed.Decision.HELD);
        assertThat(held.reasons())
                .extracting(Reason::text)
                .containsExactly("credit bytes: the period is -40, which bills as 0, and no later one takes it off");
        assertThat(rig.closing().accept(held.invoiceId())).returns(Closed.Decision.CLOSED, Closed::decision);
    }

    @Test
    void creditOfAnInvoiceThatIsFinalIsForAPersonToo() throws SQLException {
        fortyAreTakenBackOfABilledPeriod();
        rig.now(Instant.parse("2026-11-20T08:10:00Z"));
        rig.watermark(rig.now());
        rig.sync();

        rig.cancellation().now("acme");
        rig.stripe
                .invoices(rig.payer, "draft", null)
                .forEach(draft -> rig.stripe.finalizeInvoice(draft.id(), "by hand"));

        List<Closed> closed = rig.closing().closeAll("acme", null, null, (done, all) -> {});
        assertThat(closed).extracting(Closed::decision).containsExactly(Closed.Decision.SHORT);
        assertThat(closed.get(0).reasons())
                .extracting(Reason::text)
                .containsExactly("credit bytes: the period is -40, which bills as 0, and no later one takes it off");
        assertThat(rig.closing().accept(closed.get(0).invoiceId())).returns(Closed.Decision.CLOSED, Closed::decision);
    }

    private void fortyAreTakenBackOfABilledPeriod() throws SQLException {
        rig.total("bytes", HOUR, "200");
        periodEnds();
        rig.sync();
        rig.closeInvoice();
        rig.total("bytes", HOUR, "160");
        rig.sync();
    }

    /** The older of two drafts closes after the subscription's end, and is followed by late usage before the last one closes. */
    @Test
    void lateUsageAfterTheEndIsOnTheLastInvoiceAsLongAsThatIsOpen() throws SQLException {
        Instant late = CloseRig.BOUNDARY.minusSeconds(3600);
        Instant last = Instant.parse("2026-11-20T08:00:00Z");
        Instant end = Instant.parse("2026-12-01T00:00:00Z");
        periodEnds();
        rig.total("bytes", late, "70");
        assertThat(rig.closeInvoice()).returns(Closed.Decision.HELD, Closed::decision);
        rig.sync();
        rig.cancellation().atPeriodEnd("acme");
        rig.now(end.plusSeconds(150));
        rig.watermark(end);
        rig.total("bytes", last, "5");
        assertThat(rig.closing().closeAll("acme", null, null, (done, all) -> {}))
                .extracting(Closed::decision)
                .containsExactly(Closed.Decision.CLOSED, Closed.Decision.HELD);

        rig.total("bytes", late, "100");
        rig.sync();
        assertThat(rig.sync().isComplete()).isTrue();

        assertThat(rig.closeInvoice()).returns(Closed.Decision.CLOSED, Closed::decision);
        assertThat(rig.billed()).contains("35: 70 × API (at €0.005 / month)", "18: 35 × API (at €0.005 / month)");
        assertThat(rig.books.rows("SELECT late FROM billing_seal WHERE metric = 'bytes' ORDER BY sealed_before"))
                .containsExactly("carry", "drop");
    }

    private void nextPeriodEnds(String boundary) throws SQLException {
        Instant end = Instant.parse(boundary);
        rig.now(end.minusSeconds(7200));
        rig.sync();
        rig.now(end.plusSeconds(150));
        rig.watermark(end);
        rig.sync();
        assertThat(rig.closeInvoice()).returns(Closed.Decision.CLOSED, Closed::decision);
    }

    /** The renewal's moment, with metering just behind it. */
    private void periodEnds() throws SQLException {
        rig.now(CloseRig.BOUNDARY.plusSeconds(150));
        rig.watermark(CloseRig.BOUNDARY);
    }
}
