package io.tallymark.simulator.billing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tallymark.simulator.Caller;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class InvoicePreviewTest {
    private BillingRig rig;
    private String subscription;

    @BeforeEach
    void open() {
        rig = new BillingRig("2026-11-01T00:00:00Z");
        subscription = rig.subscribe(
                        "items[0][price]",
                        rig.metered("1"),
                        "items[1][price]",
                        rig.licensed("3000"),
                        "billing_mode[type]",
                        "flexible")
                .text("id");
        rig.use("2026-11-15T00:00:00Z", 70);
        rig.clock("2026-11-16T00:00:00Z");
    }

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void showsTheUsageSoFarAndTheFeeToCome() {
        Caller.Reply preview = preview();

        assertThat(BillingRig.lines(preview.body()))
                .containsExactly("70: 70 × API (at €0.01 / month)", "3000: 1 × API (at €30.00 / month)");
        assertThat(preview.body().path("period_end").asLong()).isEqualTo(BillingRig.at("2026-12-01T00:00:00Z"));
        assertThat(preview.text("status")).isEqualTo("draft");
        assertThat(preview.text("id")).startsWith("upcoming_in_");
    }

    @Test
    void linesAreListedUnderItsId() {
        String id = preview().text("id");

        assertThat(rig.caller
                        .get(
                                "/v1/invoices/" + id + "/lines",
                                "limit",
                                "1",
                                "starting_after",
                                "il_" + id.replace("upcoming_in_", "") + "001")
                        .body()
                        .path("data"))
                .singleElement()
                .extracting(line -> line.path("amount").asInt())
                .isEqualTo(3000);
        assertThat(rig.caller.get("/v1/invoices/" + id).status()).isEqualTo(404);
    }

    @Test
    void triesAChangeWithoutMakingIt() {
        JsonNode before = rig.subscription(subscription).body();
        Caller.Reply preview = preview(
                "subscription_details[items][0][id]",
                rig.item(subscription, 1),
                "subscription_details[items][0][quantity]",
                "2",
                "subscription_details[proration_behavior]",
                "always_invoice");

        assertThat(BillingRig.lines(preview.body()))
                .containsExactly(
                        "-1500: Unused time on API after 16 Nov 2026",
                        "3000: Remaining time on 2 × API after 16 Nov 2026");
        assertThat(rig.subscription(subscription).body()).isEqualTo(before);
        assertThat(rig.invoices()).hasSize(1);
    }

    @Test
    void aSubscriptionThatEndsHasNoFeeToCome() {
        rig.update(subscription, "cancel_at_period_end", "true");

        assertThat(BillingRig.lines(preview().body())).containsExactly("70: 70 × API (at €0.01 / month)");
        rig.cancel(subscription, "");
        assertThat(preview().error("code")).isEqualTo("invoice_upcoming_none");
    }

    private Caller.Reply preview(String... more) {
        return rig.caller.post(
                "/v1/invoices/create_preview", BillingRig.with(new String[] {"subscription", subscription}, more));
    }
}
