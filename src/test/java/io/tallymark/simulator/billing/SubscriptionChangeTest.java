package io.tallymark.simulator.billing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tallymark.simulator.Caller;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SubscriptionChangeTest {
    private BillingRig rig;

    @BeforeEach
    void open() {
        rig = new BillingRig("2026-11-01T00:00:00Z");
    }

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void flexibleUsageBeforeAnUpgradeKeepsItsPrice() {
        String subscription = flexible(rig.metered("0.5"));
        String item = rig.item(subscription, 0);
        rig.use("2026-11-15T23:59:59Z", 100);
        rig.clock("2026-11-16T00:00:00Z");
        Caller.Reply upgraded = rig.update(subscription, "items[0][id]", item, "items[0][price]", rig.metered("1"));
        rig.use("2026-11-16T00:00:00Z", 30);
        rig.clock("2026-12-01T00:00:00Z");

        assertThat(upgraded.body().path("items").path("data").path(0).path("id").asText())
                .isEqualTo(item);
        JsonNode invoice = rig.lastInvoice();
        assertThat(BillingRig.lines(invoice))
                .containsExactly("50: 100 × API (at €0.005 / month)", "30: 30 × API (at €0.01 / month)");
        JsonNode before = invoice.path("lines").path("data").path(0);
        assertThat(before.path("period").path("end").asLong()).isEqualTo(BillingRig.at("2026-11-16T00:00:00Z"));
        assertThat(before.path("parent")
                        .path("subscription_item_details")
                        .path("invoice_item")
                        .asText())
                .startsWith("ii_");
    }

    @Test
    void usageForTheTimeBeforeAnUpgradeThatComesAfterItIsBilledNowhere() {
        String subscription = flexible(rig.metered("0.5"));
        rig.use("2026-11-15T00:00:00Z", 100);
        rig.clock("2026-11-16T00:00:00Z");
        rig.update(subscription, "items[0][id]", rig.item(subscription, 0), "items[0][price]", rig.metered("1"));
        rig.use("2026-11-15T00:00:00Z", 5_000);
        rig.clock("2026-12-01T01:00:00Z");

        assertThat(rig.billedQuantity()).isEqualByComparingTo("100");
    }

    @ParameterizedTest
    @CsvSource({"classic, create_prorations", "flexible, none"})
    void usageBeforeAnUpgradeIsDroppedInClassicModeAndWithoutProrations(String mode, String behavior) {
        String subscription = rig.subscribe("items[0][price]", rig.metered("0.5"), "billing_mode[type]", mode)
                .text("id");
        rig.use("2026-11-15T00:00:00Z", 100);
        rig.clock("2026-11-16T00:00:00Z");
        rig.update(
                subscription,
                "items[0][id]",
                rig.item(subscription, 0),
                "items[0][price]",
                rig.metered("1"),
                "proration_behavior",
                behavior);
        rig.use("2026-11-20T00:00:00Z", 30);
        rig.clock("2026-12-01T00:00:00Z");

        assertThat(BillingRig.lines(rig.lastInvoice())).containsExactly("30: 30 × API (at €0.01 / month)");
    }

    @ParameterizedTest
    @CsvSource({"flexible, 2", "classic, 1"})
    void usageOfADeletedItemIsBilledInFlexibleModeOnly(String mode, int lines) {
        String subscription = rig.subscribe(
                        "items[0][price]",
                        rig.metered("0.5"),
                        "items[1][price]",
                        rig.licensed("4900"),
                        "billing_mode[type]",
                        mode)
                .text("id");
        rig.use("2026-11-15T00:00:00Z", 100);
        rig.update(subscription, "items[0][id]", rig.item(subscription, 0), "items[0][deleted]", "true");
        rig.clock("2026-12-01T00:00:00Z");

        assertThat(rig.subscription(subscription).body().path("items").path("data"))
                .hasSize(1);
        assertThat(BillingRig.lines(rig.lastInvoice())).hasSize(lines).endsWith("4900: 1 × API (at €49.00 / month)");
    }

    /** 20 of November's 30 days are left: 4900 × 20 / 30 = 3266.67, 9900 × 20 / 30 = 6600. */
    @Test
    void aBaseFeesUpgradeIsProratedOnTheNextInvoice() {
        String subscription =
                rig.subscribe("items[0][price]", rig.licensed("4900")).text("id");
        rig.clock("2026-11-11T00:00:00Z");
        rig.update(subscription, "items[0][id]", rig.item(subscription, 0), "items[0][price]", rig.licensed("9900"));
        assertThat(rig.invoices()).hasSize(1);
        rig.clock("2026-12-01T00:00:00Z");

        assertThat(BillingRig.lines(rig.lastInvoice()))
                .containsExactly(
                        "-3267: Unused time on API after 11 Nov 2026",
                        "6600: Remaining time on API after 11 Nov 2026",
                        "9900: 1 × API (at €99.00 / month)");
    }

    /** 1,769,104 of 2,592,000 seconds are left: 4900 × 0.68252... = 3344.37, thrice 10033.11. */
    @Test
    void prorationsGoByTheSecond() {
        String subscription =
                rig.subscribe("items[0][price]", rig.licensed("4900")).text("id");
        rig.clock("2026-11-10T12:34:56Z");
        rig.update(subscription, "items[0][id]", rig.item(subscription, 0), "items[0][quantity]", "3");
        rig.clock("2026-12-01T00:00:00Z");

        assertThat(BillingRig.lines(rig.lastInvoice()))
                .containsExactly(
                        "-3344: Unused time on API after 10 Nov 2026",
                        "10033: Remaining time on 3 × API after 10 Nov 2026",
                        "14700: 3 × API (at €49.00 / month)");
    }

    /** Half of 4901 is 2450.5, which goes up, and for a credit down. */
    @Test
    void aHalfIsRoundedAwayFromZero() {
        String subscription =
                rig.subscribe("items[0][price]", rig.licensed("4901")).text("id");
        rig.clock("2026-11-16T00:00:00Z");
        rig.update(
                subscription,
                "items[0][id]",
                rig.item(subscription, 0),
                "items[0][price]",
                rig.licensed("0"),
                "proration_behavior",
                "always_invoice");

        JsonNode invoice = rig.lastInvoice();
        assertThat(BillingRig.lines(invoice))
                .containsExactly(
                        "-2451: Unused time on API after 16 Nov 2026", "0: Remaining time on API after 16 Nov 2026");
        assertThat(invoice.path("billing_reason").asText()).isEqualTo("subscription_update");
        assertThat(invoice.path("status").asText()).isEqualTo("paid");
        assertThat(invoice.path("total").asLong()).isEqualTo(-2451);
        assertThat(invoice.path("amount_due").asLong()).isZero();
    }

    @Test
    void aPriceThatWasArchivedStaysWhereItIs() {
        String price = rig.licensed("3000");
        String subscription = rig.subscribe("items[0][price]", price).text("id");
        rig.caller.post("/v1/prices/" + price, "active", "false");
        Caller.Reply changed = rig.update(
                subscription,
                "items[0][id]",
                rig.item(subscription, 0),
                "items[0][price]",
                price,
                "items[0][quantity]",
                "2");

        assertThat(changed.body()
                        .path("items")
                        .path("data")
                        .path(0)
                        .path("quantity")
                        .asLong())
                .isEqualTo(2);
    }

    @Test
    void aProrationDateCutsLicensedTimeElsewhere() {
        String subscription =
                rig.subscribe("items[0][price]", rig.licensed("3000")).text("id");
        rig.clock("2026-11-20T00:00:00Z");
        Caller.Reply refused = rig.update(
                subscription,
                "items[0][id]",
                rig.item(subscription, 0),
                "items[0][quantity]",
                "2",
                "proration_date",
                BillingRig.seconds("2026-10-31T00:00:00Z"));
        rig.update(
                subscription,
                "items[0][id]",
                rig.item(subscription, 0),
                "items[0][quantity]",
                "2",
                "proration_date",
                BillingRig.seconds("2026-11-16T00:00:00Z"));
        rig.clock("2026-12-01T00:00:00Z");

        assertThat(refused.error("param")).isEqualTo("proration_date");
        assertThat(BillingRig.lines(rig.lastInvoice()))
                .contains(
                        "-1500: Unused time on API after 16 Nov 2026",
                        "3000: Remaining time on 2 × API after 16 Nov 2026");
    }

    @Test
    void aNewItemCountsUsageFromThenOn() {
        String subscription = flexible(rig.licensed("100"));
        rig.use("2026-11-15T00:00:00Z", 100);
        rig.clock("2026-11-16T00:00:00Z");
        rig.update(subscription, "items[0][price]", rig.metered("1"));
        rig.use("2026-11-17T00:00:00Z", 9);
        rig.clock("2026-12-01T00:00:00Z");

        assertThat(BillingRig.lines(rig.lastInvoice())).contains("9: 9 × API (at €0.01 / month)");
    }

    @Test
    void aNewAnchorClosesThePeriodAndInvoicesAtOnce() {
        String subscription = rig.subscribe(
                        "items[0][price]", rig.licensed("3000"), "items[1][price]", rig.metered("1"))
                .text("id");
        rig.use("2026-11-15T00:00:00Z", 8);
        rig.clock("2026-11-16T00:00:00Z");
        rig.update(subscription, "billing_cycle_anchor", "now");

        assertThat(BillingRig.lines(rig.lastInvoice()))
                .containsExactly(
                        "-1500: Unused time on API after 16 Nov 2026",
                        "8: 8 × API (at €0.01 / month)",
                        "3000: 1 × API (at €30.00 / month)");
        assertThat(rig.subscription(subscription)
                        .body()
                        .path("items")
                        .path("data")
                        .path(0)
                        .path("current_period_end")
                        .asLong())
                .isEqualTo(BillingRig.at("2026-12-16T00:00:00Z"));
    }

    @Test
    void anotherIntervalBeginsThePeriodAnew() {
        String subscription =
                rig.subscribe("items[0][price]", rig.licensed("3000")).text("id");
        rig.clock("2026-11-16T00:00:00Z");
        rig.update(
                subscription,
                "items[0][id]",
                rig.item(subscription, 0),
                "items[0][price]",
                rig.licensed("30000", "recurring[interval]", "year"));

        assertThat(BillingRig.lines(rig.lastInvoice()))
                .containsExactly("-1500: Unused time on API after 16 Nov 2026", "30000: 1 × API (at €300.00 / year)");
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            items[0][id],         items[0][id]=si_none items[0][quantity]=2
            items[1][id],         items[0][id]=ITEM items[0][quantity]=2 items[1][id]=ITEM items[1][quantity]=3
            items,                items[0][id]=ITEM items[0][deleted]=true
            items[0][price],      items[0][quantity]=2
            proration_behavior,   proration_behavior=sometimes
            billing_cycle_anchor, billing_cycle_anchor=1800000000
            customer,             customer=cus_1
            """)
    void whatStripeDoesNotTakeIsRefused(String param, String form) {
        String subscription =
                rig.subscribe("items[0][price]", rig.licensed("3000")).text("id");
        JsonNode before = rig.subscription(subscription).body();
        List<String> pairs =
                List.of(form.replace("ITEM", rig.item(subscription, 0)).split("[ =]"));

        Caller.Reply refused = rig.update(subscription, pairs.toArray(String[]::new));

        assertThat(refused.status()).as(refused.body().toString()).isEqualTo(400);
        assertThat(refused.error("param")).isEqualTo(param);
        assertThat(rig.subscription(subscription).body()).isEqualTo(before);
    }

    private String flexible(String price) {
        return rig.subscribe("items[0][price]", price, "billing_mode[type]", "flexible")
                .text("id");
    }
}
