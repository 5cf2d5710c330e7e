package io.tallymark.simulator.billing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tallymark.simulator.Caller;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CancellationTest {
    private BillingRig rig;
    private String subscription;

    @BeforeEach
    void open() {
        rig = new BillingRig("2026-11-01T00:00:00Z");
        subscription = rig.subscribe("items[0][price]", rig.metered("1"), "items[1][price]", rig.licensed("3000"))
                .text("id");
        rig.use("2026-11-15T00:00:00Z", 70);
        rig.clock("2026-11-16T00:00:00Z");
    }

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void cancelingDropsTheUsageThatWasNotInvoiced() {
        Caller.Reply canceled = rig.cancel(subscription, "");
        rig.clock("2027-01-02T00:00:00Z");

        assertThat(canceled.text("status")).isEqualTo("canceled");
        assertThat(canceled.body().path("ended_at").asLong()).isEqualTo(BillingRig.at("2026-11-16T00:00:00Z"));
        assertThat(rig.invoices()).hasSize(1);
        assertThat(rig.cancel(subscription, "").status()).as("canceled already").isEqualTo(404);
    }

    @Test
    void aFinalInvoiceBillsTheUsageSoFar() {
        rig.cancel(subscription, "?invoice_now=true");
        rig.use("2026-11-15T12:00:00Z", 2);
        rig.use("2026-11-16T00:00:00Z", 900);

        JsonNode draft = rig.lastInvoice();
        assertThat(draft.path("status").asText()).isEqualTo("draft");
        assertThat(draft.path("billing_reason").asText()).isEqualTo("subscription_update");
        assertThat(BillingRig.lines(draft))
                .as("late usage counts in the grace")
                .containsExactly("72: 72 × API (at €0.01 / month)");
        rig.clock("2026-11-16T01:00:00Z");
        assertThat(rig.lastInvoice().path("status").asText()).isEqualTo("paid");
    }

    @Test
    void aFinalInvoiceCreditsTheRestWhenAskedTo() {
        rig.cancel(subscription, "?invoice_now=true&prorate=true");

        assertThat(BillingRig.lines(rig.lastInvoice()))
                .containsExactly("70: 70 × API (at €0.01 / month)", "-1500: Unused time on API after 16 Nov 2026");
    }

    @Test
    void atThePeriodsEndAFinalInvoiceBillsItsUsage() {
        Caller.Reply decided = rig.update(subscription, "cancel_at_period_end", "true");
        rig.use("2026-11-30T00:00:00Z", 30);
        rig.clock("2026-12-01T00:30:00Z");

        assertThat(decided.text("status")).isEqualTo("active");
        assertThat(decided.body().path("cancel_at").asLong()).isEqualTo(BillingRig.at("2026-12-01T00:00:00Z"));
        assertThat(rig.subscription(subscription).text("status")).isEqualTo("canceled");
        JsonNode draft = rig.lastInvoice();
        assertThat(draft.path("billing_reason").asText()).isEqualTo("subscription_cycle");
        assertThat(BillingRig.lines(draft)).containsExactly("100: 100 × API (at €0.01 / month)");
    }

    @Test
    void aDecisionToEndCanBeTakenBack() {
        rig.update(subscription, "cancel_at_period_end", "true");
        Caller.Reply open = rig.update(subscription, "cancel_at_period_end", "false");
        rig.clock("2026-12-01T00:00:00Z");

        assertThat(open.body().path("cancel_at").isNull()).isTrue();
        assertThat(open.body().path("canceled_at").isNull()).isTrue();
        assertThat(rig.subscription(subscription).text("status")).isEqualTo("active");
    }

    @Test
    void aDateEndsItWithinAPeriodAndCreditsTheRest() {
        rig.update(subscription, "cancel_at", BillingRig.seconds("2026-11-21T00:00:00Z"));
        rig.clock("2026-11-21T00:00:00Z");

        assertThat(rig.subscription(subscription).text("status")).isEqualTo("canceled");
        assertThat(BillingRig.lines(rig.lastInvoice()))
                .containsExactly("70: 70 × API (at €0.01 / month)", "-1000: Unused time on API after 21 Nov 2026");
    }

    @Test
    void aCanceledSubscriptionTakesMetadataOnly() {
        rig.cancel(subscription, "");

        assertThat(rig.update(subscription, "metadata[left]", "for good")
                        .body()
                        .path("metadata")
                        .path("left")
                        .asText())
                .isEqualTo("for good");
        assertThat(rig.update(subscription, "description", "x").error("message"))
                .startsWith("A canceled subscription can only update");
    }
}
