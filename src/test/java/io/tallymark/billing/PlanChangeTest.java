package io.tallymark.billing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallymark.stripe.StripeSubscription;
import io.tallymark.stripe.StripeSubscriptionItem;
import io.tallymark.usage.UserError;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Another plan at once, on a simulated account. */
class PlanChangeTest {
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
    void completeHoursAreSettledThenThePricesChangeThenTheHoursAreSealed() throws Exception {
        ChangeResult result = rig.planChange().run("acme", "max", false);

        assertThat(result.outcome()).isEqualTo(ChangeResult.Outcome.DONE);
        assertThat(result.at()).isEqualTo(Instant.parse("2026-11-25T14:33:00Z"));
        assertThat(rig.gate.calls.get(0)).isEqualTo("settle acme [bytes, requests] before 2026-11-25T14:00:00Z");
        assertThat(rig.gate.seals)
                .containsExactly("acme [bytes, requests] at 2026-11-25T14:33:00Z carried to 2026-11-25T15:00:00Z");
        assertThat(lookupKeys()).containsExactlyInAnyOrder("base_max", "requests_max", "bytes_max");
        assertThat(rig.rows("SELECT plan FROM billing_subscription")).containsExactly("max");
        assertThat(rig.rows("SELECT state FROM billing_change")).containsExactly("done");
    }

    @Test
    void itemsOfTheSameMeterAndTheBaseFeeKeepTheirIds() throws Exception {
        String requests = item("requests_pro").id();
        String base = item("base_pro").id();

        rig.planChange().run("acme", "max", false);

        assertThat(item("requests_max").id()).isEqualTo(requests);
        assertThat(item("base_max").id()).isEqualTo(base);
    }

    @Test
    void askedAgainItChangesNothing() throws Exception {
        rig.planChange().run("acme", "max", false);
        int calls = rig.gate.calls.size();

        ChangeResult again = rig.planChange().run("acme", "max", false);

        assertThat(again.outcome()).isEqualTo(ChangeResult.Outcome.UNCHANGED);
        assertThat(rig.gate.calls).hasSize(calls);
    }

    @Test
    void dryRunNamesTheItemsAndChangesNothing() throws Exception {
        ChangeResult planned = rig.planChange().run("acme", "max", true);

        assertThat(planned.steps())
                .containsExactly(
                        item("base_pro").id() + " gets " + rig.price("base_max"),
                        item("requests_pro").id() + " gets " + rig.price("requests_max"),
                        item("bytes_pro").id() + " gets " + rig.price("bytes_max"));
        assertThat(lookupKeys()).contains("base_pro");
        assertThat(rig.rows("SELECT * FROM billing_change")).isEmpty();
    }

    @Test
    void planThatDropsAMetricIsRefusedWithinAnHour() throws Exception {
        assertRefused(
                "acme",
                "solo",
                "plan solo does not bill bytes, which pro does: the running hour's bytes would be billed by nobody");
        assertThat(rig.rows("SELECT * FROM billing_change")).isEmpty();
    }

    @Test
    void atTheHoursEndItIsSettledAndChangedInTheNextHour() throws Exception {
        ChangeResult result = rig.planChange().atHourEnd("acme", "solo", false);

        assertThat(rig.said).contains("waits until 2026-11-25T15:00:00Z");
        assertThat(result.at()).isEqualTo(Instant.parse("2026-11-25T15:03:00Z"));
        assertThat(rig.gate.calls.get(0)).isEqualTo("settle acme [bytes, requests] before 2026-11-25T15:00:00Z");
        assertThat(rig.gate.seals)
                .containsExactly("acme [bytes, requests] at 2026-11-25T15:03:00Z carried to 2026-11-25T16:00:00Z");
        assertThat(lookupKeys()).containsExactly("requests_max");
        assertThat(rig.rows("SELECT kind, state FROM billing_change")).containsExactly("change at hour end, done");
    }

    @Test
    void settlingThatOutlastsTheHourIsSaid() throws Exception {
        rig.gate.settling = Duration.ofMinutes(59);
        rig.gate.whileSettling = () -> {
            if (rig.gate.calls.size() == 2) {
                rig.gate.settling = Duration.ofMinutes(10);
            }
        };

        ChangeResult result = rig.planChange().atHourEnd("acme", "solo", false);

        assertThat(result.at()).isEqualTo(Instant.parse("2026-11-25T16:10:00Z"));
        assertThat(rig.said)
                .contains("the usage of acme was settled at 2026-11-25T16:10:00Z, not within the hour after"
                        + " 2026-11-25T15:00:00Z: until 2026-11-25T16:00:00Z it is billed at the prices before");
        assertThat(rig.gate.seals)
                .containsExactly("acme [bytes, requests] at 2026-11-25T16:10:00Z carried to 2026-11-25T17:00:00Z");
    }

    @Test
    void waitedForTheHoursEndItLeadsOnFromThere() throws Exception {
        rig.gate.patient = false;
        assertThatThrownBy(() -> rig.planChange().atHourEnd("acme", "solo", false))
                .hasMessageContaining("not settled");
        rig.now("2026-11-25T15:40:00Z");
        rig.gate.patient = true;

        assertThat(rig.planChange().atHourEnd("acme", "solo", false).at())
                .isEqualTo(Instant.parse("2026-11-25T15:43:00Z"));
        assertThat(rig.planChange().atHourEnd("acme", "solo", false).outcome())
                .isEqualTo(ChangeResult.Outcome.UNCHANGED);
    }

    @Test
    void ofAMetricThatThePlanAddsTheRunningHourAloneIsSealed() throws Exception {
        rig.planChange().atHourEnd("acme", "solo", false);
        rig.gate.calls.clear();
        rig.gate.seals.clear();
        rig.now("2026-11-25T20:30:00Z");

        rig.planChange().run("acme", "pro", false);

        assertThat(rig.gate.calls.get(0)).isEqualTo("settle acme [requests] before 2026-11-25T20:00:00Z");
        assertThat(rig.gate.seals)
                .containsExactly(
                        "acme [requests] at 2026-11-25T20:33:00Z carried to 2026-11-25T21:00:00Z",
                        "acme [bytes] of 2026-11-25T20:00:00Z until 2026-11-25T20:33:00Z carried to 2026-11-25T21:00:00Z");
        assertThat(rig.rows("SELECT metrics, added FROM billing_change WHERE plan = 'pro'"))
                .containsExactly("{bytes,requests}, {bytes}");
    }

    @Test
    void callNearTheEndOfAnHourWaitsForTheNextOne() throws Exception {
        rig.now("2026-11-25T14:56:00Z");

        ChangeResult result = rig.planChange().run("acme", "max", false);

        assertThat(rig.said).contains("waits until 2026-11-25T15:00:00Z");
        assertThat(result.at()).isEqualTo(Instant.parse("2026-11-25T15:03:00Z"));
        assertThat(rig.gate.calls)
                .contains(
                        "settle acme [bytes, requests] before 2026-11-25T14:00:00Z",
                        "settle acme [bytes, requests] before 2026-11-25T15:00:00Z");
    }

    @Test
    void hourThatPassesWhileItSettlesIsSettledToo() throws Exception {
        rig.gate.settling = Duration.ofMinutes(40);

        rig.planChange().run("acme", "max", false);

        assertThat(rig.gate.calls)
                .contains(
                        "settle acme [bytes, requests] before 2026-11-25T14:00:00Z",
                        "settle acme [bytes, requests] before 2026-11-25T15:00:00Z");
    }

    @Test
    void whichOfSeveralSubscriptionsIsMeantMustBeClear() throws Exception {
        rig.customer("globex");
        rig.subscribe("globex", "yearly");
        rig.now("2026-11-25T14:31:00Z");
        String id = rig.subscribe("globex", "flex");
        assertThat(id).isNotEmpty();
        assertRefused("globex", "max", "has several live subscriptions");
    }

    @Test
    void usageThatCannotBeSettledChangesNothing() throws Exception {
        rig.gate.patient = false;

        assertRefused("acme", "max", "not settled");

        assertThat(lookupKeys()).contains("base_pro");
        rig.gate.patient = true;
        rig.planChange().run("acme", "max", false);
        assertThat(lookupKeys()).contains("base_max");
    }

    @Test
    void anotherWishIsRefusedOnlyWhileTheFirstIsHalfDone() throws Exception {
        rig.gate.patient = false;
        assertRefused("acme", "max", "not settled");
        assertRefused("acme", "flex", "has a change that is not finished: change now to max");

        rig.now(rig.now().plus(Duration.ofMinutes(3)));
        rig.gate.patient = true;
        rig.planChange().run("acme", "flex", false);

        assertThat(lookupKeys()).containsExactlyInAnyOrder("requests_pro", "bytes_pro");
        assertThat(rig.rows("SELECT plan, state FROM billing_change")).containsExactly("flex, done");
    }

    @Test
    void planOfAnotherRhythmOrCurrencyIsRefused() {
        assertRefused("acme", "yearly", "plan yearly is billed every 1 year");
        assertRefused("acme", "dollars", "plan dollars is in usd");
    }

    @Test
    void metricThatGoesByPeriodsOnlyChangesBetweenTwo() throws Exception {
        rig.customer("globex");
        rig.subscribe("globex", "peaks");

        assertRefused("globex", "pro", "the price of peak can only change between two periods");
    }

    @Test
    void customerWithoutASubscriptionIsRefused() throws Exception {
        rig.customer("initech");

        assertRefused("initech", "max", "initech has no live subscription");
    }

    private void assertRefused(String customer, String plan, String problem) {
        assertThatThrownBy(() -> rig.planChange().run(customer, plan, false))
                .isInstanceOf(UserError.class)
                .hasMessageContaining(problem);
    }

    private StripeSubscription now() {
        return rig.stripe.subscription(sub).orElseThrow();
    }

    private List<String> lookupKeys() {
        return now().items().stream().map(StripeSubscriptionItem::lookupKey).toList();
    }

    private StripeSubscriptionItem item(String lookupKey) {
        return now().items().stream()
                .filter(item -> item.lookupKey().equals(lookupKey))
                .findFirst()
                .orElseThrow();
    }
}
