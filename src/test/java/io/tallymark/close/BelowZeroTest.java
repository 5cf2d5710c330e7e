package io.tallymark.close;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallymark.usage.UserError;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Voids that take back more than a price has billed by then: the line is 0, and what is below zero is taken off the next price's. */
class BelowZeroTest {
    private static final Instant OLD_HOUR = Instant.parse("2026-10-25T13:00:00Z");
    private static final Instant CHANGE = CloseRig.BOUNDARY.plusSeconds(3 * 3600 + 600);
    private static final Instant AFTER_CHANGE = CloseRig.BOUNDARY.plusSeconds(5 * 3600);
    private static final Instant DECEMBER = Instant.parse("2026-12-01T00:00:00Z");
    private static final Instant JANUARY = Instant.parse("2027-01-01T00:00:00Z");

    private CloseRig rig;

    /** October has 200 requests, and its invoice is final. */
    @BeforeEach
    void open() throws SQLException {
        rig = new CloseRig();
        rig.subscribe("pro");
        rig.total("requests", OLD_HOUR, "200");
        hourEnds(CloseRig.BOUNDARY);
        closes();
    }

    @AfterEach
    void close() throws SQLException {
        rig.close();
    }

    @Test
    void whatThePriceBeforeAChangeCannotTakeOffIsTakenOffByTheNextOne() throws SQLException {
        thirtyMoreAreTakenBackThanTheOldPriceHas();
        rig.planChange().run("acme", "max", false);
        rig.total("requests", AFTER_CHANGE, "1000");
        hourEnds(DECEMBER);
        closes();

        assertThat(rig.billed()).contains("0: 0 × API (Tier 1 at €0.00 / month)", "49: 970 × API (at €0.0005 / month)");
        assertThat(rig.books.rows("SELECT amount, to_hour FROM billing_carry WHERE told"))
                .containsExactly("-30, 2026-11-01 04:00:00+00");
        assertThat(rig.sheet("requests")).allSatisfy(row -> assertThat(row).endsWith("agrees"));
    }

    /** The change is led on by a second command, and its price by a second change. */
    @Test
    void itIsTakenOffOnceHoweverOftenTheChangeIsLedOn() throws SQLException {
        thirtyMoreAreTakenBackThanTheOldPriceHas();
        rig.traffic = this::endsTheCommandAfterTheCarry;
        assertThatThrownBy(() -> rig.planChange().run("acme", "max", false)).isInstanceOf(UserError.class);
        rig.traffic = () -> {};
        rig.planChange().run("acme", "max", false);
        rig.total("requests", AFTER_CHANGE, "1000");
        rig.now(AFTER_CHANGE.plusSeconds(3 * 3600));
        rig.watermark(rig.now());
        rig.planChange().run("acme", "pro", false);
        hourEnds(DECEMBER);
        closes();

        assertThat(rig.books.rows("SELECT amount FROM billing_carry WHERE told"))
                .containsExactly("-30");
        assertThat(rig.billedQuantity("API").longValue()).isEqualTo(200 + 970);
    }

    /** The hour after the change is the next period's first. */
    @Test
    void whatAChangeInThePeriodsLastHourEndsBelowZeroIsTakenOffInTheNextPeriod() throws SQLException {
        thirtyMoreAreTakenBackThanTheOldPriceHas();
        rig.sync();
        rig.now(DECEMBER.minusSeconds(3000));
        rig.watermark(rig.now());
        rig.planChange().run("acme", "max", false);
        hourEnds(DECEMBER);
        closes();
        rig.total("requests", DECEMBER.plusSeconds(3600), "100");
        hourEnds(JANUARY);
        closes();

        assertThat(rig.billedQuantity("API").longValue()).isEqualTo(200 + 70);
        assertThat(rig.books.rows("SELECT amount, to_hour FROM billing_carry WHERE told"))
                .containsExactly("-30, 2026-12-01 00:00:00+00");
        assertThat(rig.sheet("requests")).allSatisfy(row -> assertThat(row).endsWith("agrees"));
    }

    @Test
    void whatTheLastPriceCannotTakeOffGoesOnToTheNextPeriod() throws SQLException {
        fiftyAreTakenBackAfterAChange();
        hourEnds(DECEMBER);
        closes();
        rig.total("requests", DECEMBER.plusSeconds(3600), "80");
        hourEnds(JANUARY);
        closes();

        assertThat(rig.billedQuantity("API").longValue()).isEqualTo(200 + 100 + 30);
        assertThat(rig.sheet("requests"))
                .containsExactly(
                        "table 200 ledger 200 stripe 200 carried 0 unsold 0 invoice 200 agrees",
                        "table 50 ledger 50 stripe 50 carried -50 unsold 0 invoice 100 agrees",
                        "table 30 ledger 30 stripe 30 carried 0 unsold 0 invoice 30 agrees");
    }

    @Test
    void whatTheLastPriceOfACancellationCannotTakeOffIsForAPerson() throws SQLException {
        fiftyAreTakenBackAfterAChange();
        rig.cancellation().atPeriodEnd("acme");
        hourEnds(DECEMBER);

        Closed held = rig.closeInvoice();
        assertThat(held.decision()).isEqualTo(Closed.Decision.HELD);
        assertThat(held.reasons())
                .extracting(Reason::text)
                .containsExactly("credit requests: the part from 2026-11-01T03:10:00Z to 2026-12-01T00:00:00Z is -50,"
                        + " which bills as 0, and no later one takes it off");
    }

    private void thirtyMoreAreTakenBackThanTheOldPriceHas() throws SQLException {
        rig.total("requests", OLD_HOUR, "150");
        rig.total("requests", CloseRig.BOUNDARY, "20");
        rig.now(CHANGE);
        rig.watermark(CHANGE);
    }

    private void fiftyAreTakenBackAfterAChange() throws SQLException {
        rig.total("requests", CloseRig.BOUNDARY, "100");
        rig.now(CHANGE);
        rig.watermark(CHANGE);
        rig.planChange().run("acme", "max", false);
        rig.total("requests", OLD_HOUR, "150");
        rig.now(AFTER_CHANGE);
        rig.sync();
    }

    private void endsTheCommandAfterTheCarry() throws SQLException {
        List<String> carries = rig.books.rows("SELECT carry_id FROM billing_carry WHERE told");
        if (!carries.isEmpty()) {
            throw new UserError("ended here", "again");
        }
    }

    private void hourEnds(Instant end) throws SQLException {
        rig.now(end.plusSeconds(150));
        rig.watermark(end);
        rig.sync();
    }

    private void closes() throws SQLException {
        assertThat(rig.closeInvoice()).returns(Closed.Decision.CLOSED, Closed::decision);
    }
}
