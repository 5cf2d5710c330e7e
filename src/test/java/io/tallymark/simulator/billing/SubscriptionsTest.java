package io.tallymark.simulator.billing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tallymark.simulator.Caller;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SubscriptionsTest {
    private BillingRig rig;

    @BeforeEach
    void open() {
        rig = new BillingRig("2026-11-10T12:00:00Z");
    }

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void aSubscriptionHasItsPeriodsOnItsItems() {
        Caller.Reply created = rig.subscribe(
                "items[0][price]",
                rig.metered("0.5"),
                "items[1][price]",
                rig.licensed("4900"),
                "metadata[plan]",
                "pro");

        assertThat(created.text("status")).isEqualTo("active");
        assertThat(created.text("currency")).isEqualTo("eur");
        assertThat(created.body().path("billing_mode").path("type").asText()).isEqualTo("classic");
        assertThat(created.body().path("metadata").path("plan").asText()).isEqualTo("pro");
        assertThat(created.body().has("current_period_end")).isFalse();
        JsonNode items = created.body().path("items").path("data");
        assertThat(items).hasSize(2).allSatisfy(item -> {
            assertThat(item.path("current_period_start").asLong()).isEqualTo(BillingRig.at("2026-11-10T12:00:00Z"));
            assertThat(item.path("current_period_end").asLong()).isEqualTo(BillingRig.at("2026-12-10T12:00:00Z"));
        });
        assertThat(items.path(0).has("quantity")).isFalse();
        assertThat(items.path(1).path("quantity").asLong()).isEqualTo(1);
    }

    @Test
    void theAnchorIsTheNextTimeThatFitsItsConfiguration() {
        Caller.Reply created = rig.subscribe(
                "items[0][price]",
                rig.metered("0.5"),
                "billing_cycle_anchor_config[day_of_month]",
                "31",
                "billing_cycle_anchor_config[hour]",
                "0",
                "billing_cycle_anchor_config[minute]",
                "0",
                "billing_cycle_anchor_config[second]",
                "0");

        assertThat(created.body().path("billing_cycle_anchor").asLong())
                .isEqualTo(BillingRig.at("2026-11-30T00:00:00Z"));
        assertThat(end(created)).isEqualTo(BillingRig.at("2026-11-30T00:00:00Z"));
        rig.clock("2026-11-30T00:00:00Z");
        assertThat(end(rig.subscription(created.text("id"))))
                .as("back on the day that was asked for")
                .isEqualTo(BillingRig.at("2026-12-31T00:00:00Z"));
    }

    @Test
    void anAnchorThatFitsTheMomentBeginsAWholePeriod() {
        rig.clock("2026-12-01T00:00:00Z");
        rig.subscribe(RenewalTest.anchoredOnTheFirst("items[0][price]", rig.licensed("4900")));

        assertThat(BillingRig.lines(rig.lastInvoice())).containsExactly("4900: 1 × API (at €49.00 / month)");
    }

    @Test
    void aYearCanBeginInAGivenMonth() {
        Caller.Reply created = rig.subscribe(RenewalTest.anchoredOnTheFirst(
                "items[0][price]",
                rig.licensed("36500", "recurring[interval]", "year"),
                "billing_cycle_anchor_config[month]",
                "3"));

        assertThat(end(created)).isEqualTo(BillingRig.at("2027-03-01T00:00:00Z"));
        rig.clock("2027-03-01T00:00:00Z");
        assertThat(end(rig.subscription(created.text("id")))).isEqualTo(BillingRig.at("2028-03-01T00:00:00Z"));
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            customer,                  items[0][price]=METERED customer=cus_none
            items,                     description=none
            items[0][price],           items[0][price]=price_none
            items[0][price],           items[0][quantity]=1
            items[0][quantity],        items[0][price]=METERED items[0][quantity]=1
            items[0][colour],          items[0][price]=METERED items[0][colour]=red
            items,                     items[0][price]=METERED items[1][price]=METERED
            items,                     items[0][price]=METERED items[1][price]=DOLLARS
            items,                     items[0][price]=METERED items[1][price]=YEARLY
            items[0][price],           items[0][price]=ONCE
            items[0][price],           items[0][price]=ARCHIVED
            backdate_start_date,       items[0][price]=METERED backdate_start_date=1900000000
            billing_cycle_anchor,      items[0][price]=METERED billing_cycle_anchor=1900000000
            billing_cycle_anchor,      items[0][price]=METERED billing_cycle_anchor=1700000000
            billing_cycle_anchor_config[day_of_month], items[0][price]=METERED billing_cycle_anchor_config[hour]=0
            billing_cycle_anchor_config[hour], items[0][price]=METERED billing_cycle_anchor_config[day_of_month]=1 billing_cycle_anchor_config[hour]=24
            billing_cycle_anchor_config, items[0][price]=DAILY billing_cycle_anchor_config[day_of_month]=1
            billing_cycle_anchor_config, items[0][price]=METERED billing_cycle_anchor_config[day_of_month]=1 billing_cycle_anchor=1795000000
            days_until_due,            items[0][price]=METERED collection_method=send_invoice
            days_until_due,            items[0][price]=METERED days_until_due=30
            billing_mode[type],        items[0][price]=METERED billing_mode[type]=rigid
            cancel_at,                 items[0][price]=METERED cancel_at=1700000000
            trial_period_days,         items[0][price]=METERED trial_period_days=30
            """)
    void whatStripeDoesNotTakeIsRefused(String param, String form) {
        Caller.Reply refused = rig.subscribe(pairs(form));

        assertThat(refused.status()).as(refused.body().toString()).isEqualTo(400);
        assertThat(refused.error("param")).isEqualTo(param);
        assertThat(rig.caller.get("/v1/subscriptions").body().path("data")).isEmpty();
    }

    @Test
    void flexibleSubscriptionsMixIntervals() {
        Caller.Reply created = rig.subscribe(
                "billing_mode[type]",
                "flexible",
                "items[0][price]",
                rig.metered("0.5"),
                "items[1][price]",
                rig.licensed("120000", "recurring[interval]", "year"));

        assertThat(created.body().path("items").path("data"))
                .extracting(item -> item.path("current_period_end").asLong())
                .containsExactly(BillingRig.at("2026-12-10T12:00:00Z"), BillingRig.at("2027-11-10T12:00:00Z"));
    }

    @Test
    void moreThanTwentyItemsAreRefused() {
        List<String> form = new ArrayList<>();
        for (int i = 0; i <= 20; i++) {
            form.add("items[" + i + "][price]");
            form.add(rig.metered("1"));
        }

        assertThat(rig.subscribe(form.toArray(String[]::new)).error("param")).isEqualTo("items");
    }

    @Test
    void listsAreFilteredAndShowCanceledOnesOnlyWhenAsked() {
        String price = rig.metered("1");
        String ended = rig.subscribe("items[0][price]", price).text("id");
        rig.cancel(ended, "");
        rig.advance(java.time.Duration.ofDays(1));
        String alive = rig.subscribe("items[0][price]", rig.metered("2")).text("id");

        assertThat(listed()).containsExactly(alive);
        assertThat(listed("status", "all")).containsExactly(alive, ended);
        assertThat(listed("status", "canceled")).containsExactly(ended);
        assertThat(listed("status", "ended", "price", price)).containsExactly(ended);
        assertThat(listed("price", price)).isEmpty();
        assertThat(listed("customer", "cus_none")).isEmpty();
        assertThat(listed("status", "all", "created[lt]", BillingRig.seconds("2026-11-11T00:00:00Z")))
                .containsExactly(ended);
    }

    @Test
    void itemsAreReadByThemselves() {
        String id = rig.subscribe("items[0][price]", rig.metered("1")).text("id");
        JsonNode item = rig.caller
                .get("/v1/subscription_items", "subscription", id)
                .body()
                .path("data")
                .path(0);

        assertThat(rig.caller
                        .get("/v1/subscription_items/" + item.path("id").asText())
                        .body())
                .isEqualTo(item);
        assertThat(rig.caller.get("/v1/subscription_items").error("param")).isEqualTo("subscription");
        assertThat(rig.caller.get("/v1/subscription_items/si_none").status()).isEqualTo(404);
    }

    @Test
    void aDeletedCustomersSubscriptionsEnd() {
        String id = rig.subscribe("items[0][price]", rig.metered("1")).text("id");

        rig.caller.delete("/v1/customers/" + rig.customer);

        assertThat(rig.subscription(id).text("status")).isEqualTo("canceled");
        assertThat(rig.invoices()).isEmpty();
    }

    private List<String> listed(String... query) {
        List<String> ids = new ArrayList<>();
        rig.caller
                .get("/v1/subscriptions", query)
                .body()
                .path("data")
                .forEach(subscription -> ids.add(subscription.path("id").asText()));
        return ids;
    }

    private String[] pairs(String form) {
        List<String> pairs = new ArrayList<>();
        for (String pair : form.split(" ")) {
            String[] parts = pair.split("=", 2);
            pairs.add(parts[0]);
            pairs.add(
                    switch (parts[1]) {
                        case "METERED" -> rig.metered("1");
                        case "DOLLARS" -> rig.metered("1", "currency", "usd");
                        case "YEARLY" -> rig.metered("1", "recurring[interval]", "year");
                        case "DAILY" -> rig.metered("1", "recurring[interval]", "day");
                        case "ONCE" -> rig.price("unit_amount", "1");
                        case "ARCHIVED" -> rig.metered("1", "active", "false");
                        default -> parts[1];
                    });
        }
        if (form.contains("items[1][price]=METERED")) {
            pairs.set(3, pairs.get(1));
        }
        return pairs.toArray(String[]::new);
    }

    private static long end(Caller.Reply subscription) {
        return subscription
                .body()
                .path("items")
                .path("data")
                .path(0)
                .path("current_period_end")
                .asLong();
    }
}
