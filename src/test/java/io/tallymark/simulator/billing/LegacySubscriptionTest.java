package io.tallymark.simulator.billing;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.simulator.Caller;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Subscriptions whose metered price has no meter. */
class LegacySubscriptionTest {
    private static final String VERSION = "2025-02-24.acacia";

    private BillingRig rig;
    private String subscription;
    private String item;

    @BeforeEach
    void open() {
        rig = new BillingRig("2026-11-01T00:00:00Z");
        subscription = rig.subscribe("items[0][price]", legacyPrice("1")).text("id");
        item = rig.item(subscription, 0);
    }

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void usageRecordsAreBilledAtThePeriodsEnd() {
        record("2026-11-10T00:00:00Z", 30);
        record("2026-11-20T00:00:00Z", 12);
        rig.clock("2026-12-01T00:00:00Z");

        assertThat(BillingRig.lines(rig.lastInvoice())).containsExactly("42: 42 × API (at €0.01 / month)");
    }

    @Test
    void theWholePeriodIsBilledAtTheNewPrice() {
        record("2026-11-10T00:00:00Z", 30);
        rig.update(subscription, "items[0][id]", item, "items[0][price]", legacyPrice("2"));
        record("2026-11-20T00:00:00Z", 12);
        rig.clock("2026-12-01T00:00:00Z");

        assertThat(BillingRig.lines(rig.lastInvoice())).containsExactly("84: 42 × API (at €0.02 / month)");
    }

    @Test
    void anItemWithUsageIsDeletedOnlyIfItsUsageMayGo() {
        record("2026-11-10T00:00:00Z", 30);
        rig.clock("2026-11-10T00:00:01Z");
        String[] form = {"items[0][id]", item, "items[0][deleted]", "true", "items[1][price]", legacyPrice("2")};

        assertThat(rig.update(subscription, form).error("param")).isEqualTo("items[0][deleted]");
        assertThat(rig.update(subscription, BillingRig.with(form, "items[0][clear_usage]", "true"))
                        .status())
                .isEqualTo(200);
        assertThat(record("2026-11-20T00:00:00Z", 12).status())
                .as("the item is gone")
                .isEqualTo(404);
    }

    @Test
    void aCanceledSubscriptionTakesNoMoreRecords() {
        rig.cancel(subscription, "");

        assertThat(record("2026-11-02T00:00:00Z", 1).status()).isEqualTo(404);
    }

    private String legacyPrice(String unitAmount) {
        return rig.caller
                .postWith(
                        "Stripe-Version",
                        VERSION,
                        "/v1/prices",
                        "currency",
                        "eur",
                        "product",
                        rig.product,
                        "unit_amount",
                        unitAmount,
                        "recurring[interval]",
                        "month",
                        "recurring[usage_type]",
                        "metered")
                .text("id");
    }

    private Caller.Reply record(String at, long quantity) {
        rig.clock(at);
        return rig.caller.postWith(
                "Stripe-Version",
                VERSION,
                "/v1/subscription_items/" + item + "/usage_records",
                "quantity",
                Long.toString(quantity),
                "timestamp",
                BillingRig.seconds(at));
    }
}
