package io.tallymark.simulator.billing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RenewalTest {
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
    void aPeriodsUsageIsBilledAtItsEnd() {
        String subscription = subscribeMetered();
        rig.use("2026-11-01T00:00:00Z", 1_000);
        rig.clock("2026-12-01T00:00:00Z");
        rig.use("2026-11-30T23:59:59Z", 31);
        rig.use("2026-12-01T00:00:00Z", 7);

        JsonNode draft = rig.lastInvoice();
        assertThat(draft.path("status").asText()).isEqualTo("draft");
        assertThat(draft.path("billing_reason").asText()).isEqualTo("subscription_cycle");
        assertThat(draft.path("auto_advance").asBoolean()).isTrue();
        assertThat(draft.path("period_start").asLong()).isEqualTo(BillingRig.at("2026-11-01T00:00:00Z"));
        assertThat(draft.path("period_end").asLong()).isEqualTo(BillingRig.at("2026-12-01T00:00:00Z"));
        assertThat(draft.path("automatically_finalizes_at").asLong()).isEqualTo(BillingRig.at("2026-12-01T01:00:00Z"));
        assertThat(draft.path("number").isNull()).isTrue();
        assertThat(BillingRig.lines(draft)).containsExactly("516: 1031 × API (at €0.005 / month)");
        assertThat(draft.path("total").asLong()).isEqualTo(516);
        assertThat(rig.subscription(subscription).text("latest_invoice"))
                .isEqualTo(draft.path("id").asText());
    }

    @Test
    void aLineNamesItsItemItsPriceAndItsPeriod() {
        String subscription = subscribeMetered();
        rig.use("2026-11-03T00:00:00Z", 4);
        rig.clock("2026-12-01T00:00:00Z");

        JsonNode line = rig.lastInvoice().path("lines").path("data").path(0);
        JsonNode details = line.path("parent").path("subscription_item_details");
        assertThat(details.path("subscription").asText()).isEqualTo(subscription);
        assertThat(details.path("subscription_item").asText()).isEqualTo(rig.item(subscription, 0));
        assertThat(details.path("proration").asBoolean()).isFalse();
        assertThat(line.path("pricing").path("price_details").path("product").asText())
                .isEqualTo(rig.product);
        assertThat(line.path("pricing").path("unit_amount_decimal").asText()).isEqualTo("0.5");
        assertThat(line.path("quantity").asLong()).isEqualTo(4);
        assertThat(line.path("quantity_decimal").asText()).isEqualTo("4");
        assertThat(line.path("period").path("start").asLong()).isEqualTo(BillingRig.at("2026-11-01T00:00:00Z"));
        assertThat(line.path("period").path("end").asLong()).isEqualTo(BillingRig.at("2026-12-01T00:00:00Z"));
    }

    @Test
    void lateUsageCountsUntilTheInvoiceIsFinalized() {
        subscribeMetered();
        rig.clock("2026-12-01T00:59:59Z");
        rig.use("2026-11-30T12:00:00Z", 100);
        rig.clock("2026-12-01T01:00:00Z");
        rig.use("2026-11-30T12:00:00Z", 10_000);

        JsonNode invoice = rig.lastInvoice();
        assertThat(invoice.path("status").asText()).isEqualTo("paid");
        assertThat(invoice.path("number").asText()).endsWith("-0001");
        assertThat(invoice.path("total").asLong()).isEqualTo(50);
        assertThat(invoice.path("amount_paid").asLong()).isEqualTo(50);
        rig.clock("2027-01-01T01:00:00Z");
        assertThat(rig.billedQuantity()).as("the rest is billed nowhere").isEqualByComparingTo("100");
    }

    @Test
    void aFirstInvoiceIsMadeAtOnceForTheBaseFee() {
        rig.subscribe("items[0][price]", rig.licensed("4900"), "items[1][price]", rig.metered("0.5"));

        JsonNode invoice = rig.lastInvoice();
        assertThat(invoice.path("billing_reason").asText()).isEqualTo("subscription_create");
        assertThat(invoice.path("status").asText()).isEqualTo("paid");
        assertThat(BillingRig.lines(invoice)).containsExactly("4900: 1 × API (at €49.00 / month)");
    }

    @Test
    void aRenewalBillsUsageThatWasAndTheBaseFeeThatComes() {
        rig.subscribe("items[0][price]", rig.licensed("4900"), "items[1][price]", rig.metered("0.5"));
        rig.use("2026-11-20T00:00:00Z", 200);
        rig.clock("2026-12-01T00:00:00Z");

        JsonNode invoice = rig.lastInvoice();
        assertThat(BillingRig.lines(invoice))
                .containsExactly("100: 200 × API (at €0.005 / month)", "4900: 1 × API (at €49.00 / month)");
        assertThat(invoice.path("lines")
                        .path("data")
                        .path(1)
                        .path("period")
                        .path("end")
                        .asLong())
                .isEqualTo(BillingRig.at("2027-01-01T00:00:00Z"));
    }

    /** 20 of November's 30 days: 4900 × 20 / 30 = 3266.67. */
    @Test
    void aShortFirstPeriodCostsItsShare() {
        rig.clock("2026-11-11T00:00:00Z");
        rig.subscribe(anchoredOnTheFirst("items[0][price]", rig.licensed("4900")));

        assertThat(BillingRig.lines(rig.lastInvoice()))
                .containsExactly("3267: Remaining time on API after 11 Nov 2026");
        rig.clock("2026-12-01T00:00:00Z");
        assertThat(BillingRig.lines(rig.lastInvoice())).containsExactly("4900: 1 × API (at €49.00 / month)");
    }

    @Test
    void aShortFirstPeriodIsFreeWithoutProrations() {
        rig.clock("2026-11-11T00:00:00Z");
        rig.subscribe(anchoredOnTheFirst("items[0][price]", rig.licensed("4900"), "proration_behavior", "none"));

        assertThat(rig.invoices()).isEmpty();
    }

    @Test
    void aBackdatedSubscriptionBillsTheUsageSinceItsStart() {
        rig.use("2026-10-20T00:00:00Z", 3);
        rig.use("2026-10-14T23:59:59Z", 90);
        rig.clock("2026-11-11T00:00:00Z");
        rig.subscribe(anchoredOnTheFirst(
                "items[0][price]",
                rig.metered("100"),
                "backdate_start_date",
                BillingRig.seconds("2026-10-15T00:00:00Z")));
        rig.clock("2026-12-01T01:00:00Z");

        assertThat(rig.simulator.invoiced(rig.customer)).singleElement().satisfies(line -> {
            assertThat(line.quantity()).isEqualByComparingTo("3");
            assertThat(line.start()).isEqualTo("2026-10-15T00:00:00Z");
        });
    }

    /** 17 of October's 31 days, and November as a whole. */
    @Test
    void backdatedTimeIsChargedByItsPeriods() {
        rig.clock("2026-11-11T00:00:00Z");
        rig.subscribe(
                "items[0][price]",
                rig.licensed("3100"),
                "billing_mode[type]",
                "flexible",
                "billing_cycle_anchor",
                BillingRig.seconds("2026-12-01T00:00:00Z"),
                "backdate_start_date",
                BillingRig.seconds("2026-10-15T00:00:00Z"));

        assertThat(BillingRig.lines(rig.lastInvoice()))
                .containsExactly(
                        "1700: Remaining time on API after 15 Oct 2026",
                        "3100: Remaining time on API after 1 Nov 2026");
    }

    @Test
    void aClockThatJumpsPassesEveryPeriodInOrder() {
        String subscription = subscribeMetered();
        rig.use("2026-11-05T00:00:00Z", 1);
        rig.clock("2027-03-15T00:00:00Z");

        assertThat(rig.invoices())
                .extracting(invoice -> invoice.path("status").asText() + " "
                        + invoice.path("total").asText())
                .containsExactly("paid 1", "paid 0", "paid 0", "paid 0");
        assertThat(rig.invoices())
                .extracting(invoice -> invoice.path("number").asText().replaceFirst(".*-", ""))
                .containsExactly("0001", "0002", "0003", "0004");
        JsonNode item =
                rig.subscription(subscription).body().path("items").path("data").path(0);
        assertThat(item.path("current_period_end").asLong()).isEqualTo(BillingRig.at("2027-04-01T00:00:00Z"));
    }

    @Test
    void aMovedClockTakesEffectWithoutACall() {
        subscribeMetered();

        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> {
            // Calls are made at a time at which nothing is due.
            rig.clock("2026-11-02T00:00:00Z");
            boolean renewed = !rig.invoices().isEmpty();
            rig.clock("2026-12-01T00:00:00Z");
            return renewed;
        });
    }

    @Test
    void periodsEndOnTheLastDayOfShortMonths() {
        rig.clock("2027-01-31T00:00:00Z");
        subscribeMetered();
        rig.clock("2027-05-01T00:00:00Z");

        assertThat(rig.invoices())
                .extracting(invoice -> java.time.Instant.ofEpochSecond(
                                invoice.path("period_end").asLong())
                        .toString())
                .containsExactly("2027-02-28T00:00:00Z", "2027-03-31T00:00:00Z", "2027-04-30T00:00:00Z");
    }

    @Test
    void mixedIntervalsAreInvoicedWhenTheirOwnPeriodEnds() {
        rig.subscribe(
                "billing_mode[type]",
                "flexible",
                "items[0][price]",
                rig.metered("100"),
                "items[1][price]",
                rig.licensed("120000", "recurring[interval]", "year"));
        rig.clock("2027-11-01T00:00:00Z");

        List<JsonNode> invoices = rig.invoices();
        assertThat(invoices).hasSize(13);
        assertThat(BillingRig.lines(invoices.get(1))).containsExactly("0: 0 × API (at €1.00 / month)");
        assertThat(BillingRig.lines(invoices.get(12)))
                .containsExactly("0: 0 × API (at €1.00 / month)", "120000: 1 × API (at €1200.00 / year)");
    }

    @Test
    void usageThatIsStillBeingValidatedWhenTheInvoiceIsFinalizedIsNotOnIt() {
        subscribeMetered();
        rig.simulator.validationDelay(Duration.ofMinutes(30));
        rig.clock("2026-12-01T00:20:00Z");
        rig.use("2026-11-30T00:00:00Z", 1);
        rig.clock("2026-12-01T00:40:00Z");
        rig.use("2026-11-30T00:00:00Z", 1_000);
        rig.clock("2026-12-02T00:00:00Z");

        assertThat(rig.billedQuantity()).isEqualByComparingTo(BigDecimal.ONE);
    }

    private String subscribeMetered() {
        return rig.subscribe("items[0][price]", rig.metered("0.5")).text("id");
    }

    static String[] anchoredOnTheFirst(String... form) {
        return BillingRig.with(
                form,
                "billing_cycle_anchor_config[day_of_month]",
                "1",
                "billing_cycle_anchor_config[hour]",
                "0",
                "billing_cycle_anchor_config[minute]",
                "0",
                "billing_cycle_anchor_config[second]",
                "0");
    }
}
