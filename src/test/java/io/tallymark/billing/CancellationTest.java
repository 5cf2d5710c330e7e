package io.tallymark.billing;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.stripe.StripeSubscription;
import java.sql.SQLException;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The ends of a subscription, on a simulated account. */
class CancellationTest {
    private BillingRig rig;
    private String sub = "";

    @BeforeEach
    void open() throws SQLException {
        rig = new BillingRig();
        rig.customer("acme");
        sub = rig.subscribe("acme", "pro");
        rig.now("2026-11-25T14:30:00Z");
    }

    @AfterEach
    void close() throws SQLException {
        rig.close();
    }

    @Test
    void hoursEndIsWaitedForAndThatHourIsBilled() throws Exception {
        ChangeResult result = rig.cancellation().atHourEnd("acme");

        assertThat(rig.said.get(1)).isEqualTo("waits until 2026-11-25T15:00:00Z");
        assertThat(rig.gate.calls.get(0)).isEqualTo("settle acme [bytes, requests] before 2026-11-25T15:00:00Z");
        assertThat(rig.gate.seals).containsExactly("acme [bytes, requests] at 2026-11-25T15:00:00Z carried to nothing");
        assertThat(result.at()).isEqualTo(Instant.parse("2026-11-25T15:00:00Z"));
        assertThat(now().isLive()).isFalse();
        assertThat(now().end()).contains(Instant.parse("2026-11-25T15:03:00Z"));
        assertThat(rig.rows("SELECT status FROM billing_subscription")).containsExactly("canceled");
        assertThat(rig.rows("SELECT billing_reason FROM billing_invoice ORDER BY created_at"))
                .hasSize(2)
                .first()
                .isEqualTo("subscription_create");
    }

    @Test
    void nowNeverBillsTheRunningHour() throws Exception {
        ChangeResult result = rig.cancellation().now("acme");

        assertThat(rig.gate.calls.get(0)).isEqualTo("settle acme [bytes, requests] before 2026-11-25T14:00:00Z");
        assertThat(rig.gate.seals).containsExactly("acme [bytes, requests] at 2026-11-25T14:33:00Z carried to nothing");
        assertThat(result.at()).isEqualTo(Instant.parse("2026-11-25T14:33:00Z"));
        assertThat(now().isLive()).isFalse();
    }

    @Test
    void periodsEndIsLeftToStripe() throws Exception {
        Instant end = Instant.parse("2026-12-01T00:00:00Z");

        assertThat(rig.cancellation().atPeriodEnd("acme").at()).isEqualTo(end);

        assertThat(now().isLive()).isTrue();
        assertThat(now().cancellation()).contains(end);
        assertThat(rig.gate.calls).isEmpty();
        assertThat(rig.cancellation().atPeriodEnd("acme").outcome()).isEqualTo(ChangeResult.Outcome.UNCHANGED);
        rig.now("2026-12-01T00:00:01Z");
        assertThat(now().isLive()).isFalse();
    }

    @Test
    void subscriptionThatSomebodyEndedMeanwhileIsSealedWhereItEnded() throws Exception {
        rig.gate.patient = false;
        try {
            rig.cancellation().atHourEnd("acme");
        } catch (io.tallymark.usage.UserError e) {
            assertThat(e).hasMessage("not settled");
        }
        rig.now("2026-11-25T15:20:00Z");
        rig.stripe.cancel(sub, true, true, "by hand");
        rig.now("2026-11-25T18:20:00Z");

        rig.gate.patient = true;
        rig.cancellation().atHourEnd("acme");

        assertThat(rig.gate.seals).containsExactly("acme [bytes, requests] at 2026-11-25T15:00:00Z carried to nothing");
        assertThat(rig.rows("SELECT state FROM billing_change")).containsExactly("done");
    }

    private StripeSubscription now() {
        return rig.stripe.subscription(sub).orElseThrow();
    }
}
