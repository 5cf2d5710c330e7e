package io.tallymark.close;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.stripe.StripeReadings;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A customer who gets another payer in mid-period: each of the two pays what Stripe was told under it. */
class RemappedTest {
    private static final Instant BEFORE = Instant.parse("2026-10-25T13:00:00Z");
    private static final Instant CHANGE = Instant.parse("2026-10-26T10:20:00Z");
    private static final Instant AFTER = Instant.parse("2026-10-27T08:00:00Z");

    private CloseRig rig;
    private String next = "";

    @BeforeEach
    void open() throws SQLException {
        rig = new CloseRig();
        rig.subscribe("pro");
        rig.total("bytes", BEFORE, "100");
        rig.now(CHANGE);
        rig.sync();
        try (StripeReadings readings = StripeReadings.open(rig.settings.stripe())) {
            next = readings.createCustomer("acme too");
        }
        rig.books.execute("UPDATE billing_customer SET stripe_customer_id = ? WHERE customer_id = 'acme'", next);
        rig.subscribe("pro");
        rig.total("bytes", AFTER, "10");
        rig.now(CloseRig.BOUNDARY.plusSeconds(150));
        rig.watermark(CloseRig.BOUNDARY);
        rig.sync();
    }

    @AfterEach
    void close() throws SQLException {
        rig.close();
    }

    @Test
    void bothInvoicesAreClosedEachWithWhatWasToldToIt() throws SQLException {
        List<Closed> closed = rig.closing().closeAll("acme", null, null, (done, all) -> {});

        assertThat(closed)
                .hasSize(2)
                .allSatisfy(one -> assertThat(one)
                        .returns(Closed.Decision.CLOSED, Closed::decision)
                        .returns("acme", Closed::customerId));
        assertThat(rig.billed()).contains("50: 100 × API (at €0.005 / month)");
        assertThat(rig.simulator.invoiced(next))
                .extracting(line -> line.amount() + ": " + line.description())
                .contains("5: 10 × API (at €0.005 / month)");
    }

    @Test
    void sheetGivesEachInvoiceWhatItsPayerWasTold() throws SQLException {
        rig.closing().closeAll("acme", null, null, (done, all) -> {});

        assertThat(rig.sheet("bytes"))
                .containsExactlyInAnyOrder(
                        "table 100 ledger 100 stripe 100 carried 0 unsold 0 invoice 100 agrees",
                        "table 10 ledger 10 stripe 10 carried 0 unsold 0 invoice 10 agrees");
    }

    @Test
    void subscriptionOfTheFormerPayerIsNamedAsLongAsItLives() throws SQLException {
        rig.closing().closeAll("acme", null, null, (done, all) -> {});
        rig.now(Instant.parse("2026-12-01T00:05:00Z"));
        rig.watermark(Instant.parse("2026-12-01T00:00:00Z"));
        rig.sync();

        assertThat(rig.closing().closeAll(null, null, null, (done, all) -> {}).stream()
                        .flatMap(closed -> closed.reasons().stream())
                        .map(Reason::text))
                .containsExactly("former-payer: " + rig.payer + " paid for acme until " + CHANGE
                        + ", and is still charged by a subscription that bills nobody's usage");
    }

    @Test
    void lateUsageGoesToThePayerOfToday() throws SQLException {
        rig.closing().closeAll("acme", null, null, (done, all) -> {});
        rig.total("bytes", BEFORE, "300");
        rig.now(CloseRig.BOUNDARY.plusSeconds(7200));
        rig.sync();
        rig.now(Instant.parse("2026-12-01T00:05:00Z"));
        rig.watermark(Instant.parse("2026-12-01T00:00:00Z"));
        rig.sync();

        assertThat(rig.closing().closeAll("acme", null, null, (done, all) -> {}))
                .extracting(Closed::decision)
                .containsOnly(Closed.Decision.CLOSED);
        assertThat(rig.simulator.invoiced(next))
                .extracting(line -> line.amount() + ": " + line.description())
                .contains("100: 200 × API (at €0.005 / month)");
    }
}
