package io.tallymark.billing;

import static io.tallymark.billing.BillingRig.order;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallymark.catalog.Catalog;
import io.tallymark.catalog.Plan;
import io.tallymark.stripe.StripeInvoice;
import io.tallymark.stripe.StripeSubscription;
import io.tallymark.stripe.StripeSubscriptionItem;
import io.tallymark.usage.UserError;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SubscriptionCreationTest {
    private BillingRig rig;
    private String cus = "";

    @BeforeEach
    void open() throws SQLException {
        rig = new BillingRig();
        cus = rig.customer("acme");
    }

    @AfterEach
    void close() throws SQLException {
        rig.close();
    }

    @Test
    void hourThatAnEarlierSubscriptionWroteOffIsNotSoldAgain() throws Exception {
        rig.books.execute("INSERT INTO billing_seal (customer_id, metric, sealed_before, late, cause)"
                + " VALUES ('acme', 'bytes', '2026-11-22T10:12:00Z', 'drop', 'sub_1 canceled')");

        assertThatThrownBy(() -> rig.subscribe("acme", "pro"))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("settled with an earlier subscription, until 2026-11-22T10:12:00Z");

        rig.now("2026-11-22T11:00:05Z");
        assertThat(rig.subscribe("acme", "pro")).startsWith("sub_");
    }

    @Test
    void usageBeforeTheStartIsNamedForNothingBillsIt() throws Exception {
        rig.books.execute(
                "INSERT INTO reported_meter (metric, event_name, mode) VALUES ('requests', 'api_requests', 'delta')");
        rig.books.total("requests", "acme", Instant.parse("2026-11-21T09:00:00Z"), "21");
        rig.books.total("requests", "acme", Instant.parse("2026-11-22T10:00:00Z"), "5");

        String warning =
                "warning  acme used 21 of requests in the hour from 2026-11-21T09:00:00Z, and no subscription bills it";
        assertThat(rig.creation().run(order("acme", "pro"), true).notes())
                .singleElement()
                .asString()
                .startsWith(warning);
        assertThat(rig.creation().run(order("acme", "pro"), false).notes())
                .filteredOn(note -> note.startsWith("warning"))
                .singleElement()
                .asString()
                .startsWith(warning)
                .contains("billed from 2026-11-22T10:00:00Z on");
    }

    @Test
    void subscriptionBeginsWithTheRunningHourAndHasItsBoundariesOnFullHours() throws Exception {
        SubscriptionCreation.Result result =
                rig.creation().run(new SubscriptionCreation.Order("acme", "pro", 15, 6, "eur"), false);

        assertThat(result.created()).isTrue();
        assertThat(result.prices()).containsExactly("base_pro", "requests_pro", "bytes_pro");
        StripeSubscription made = rig.stripe.subscription(result.id()).orElseThrow();
        assertThat(made.billingMode()).isEqualTo("flexible");
        assertThat(made.startedAt()).isEqualTo(Instant.parse("2026-11-22T10:00:00Z"));
        assertThat(made.mark("tallymark_plan")).isEqualTo("pro");
        assertThat(made.mark("tallymark_customer")).isEqualTo("acme");
        assertThat(made.items()).allSatisfy(item -> {
            assertThat(item.periodStart()).isEqualTo(Instant.parse("2026-11-22T10:00:00Z"));
            assertThat(item.periodEnd()).isEqualTo(Instant.parse("2026-12-15T06:00:00Z"));
        });
    }

    @Test
    void baseFeeUntilTheFirstBoundaryIsChargedByTheSecond() throws Exception {
        rig.subscribe("acme", "pro");

        StripeInvoice first = rig.stripe.invoices(cus, null, null).get(0);
        // 4900 for November; from the 22nd, 10:00, on.
        BigDecimal seconds = new BigDecimal(8 * 86_400 + 14 * 3_600);
        BigDecimal expected = seconds.multiply(new BigDecimal(4900))
                .divide(new BigDecimal(30 * 86_400), 0, java.math.RoundingMode.HALF_UP);
        assertThat(first.total()).isEqualByComparingTo(expected);
    }

    @Test
    void mirrorAndBillingPeriodsFollow() throws Exception {
        String id = rig.subscribe("acme", "pro");

        assertThat(rig.rows("SELECT subscription_id, plan, status FROM billing_subscription"))
                .containsExactly(id + ", pro, active");
        assertThat(rig.rows("SELECT lookup_key, metric FROM billing_subscription_item ORDER BY lookup_key"))
                .containsExactly("base_pro, null", "bytes_pro, bytes", "requests_pro, requests");
        assertThat(rig.rows("SELECT billing_anchor AT TIME ZONE 'UTC', billing_interval FROM billing_customer"))
                .containsExactly("2026-12-01 00:00:00, month");
    }

    @Test
    void askedAgainItChangesNothing() throws Exception {
        String id = rig.subscribe("acme", "pro");
        rig.now("2026-11-24T11:00:00Z");

        SubscriptionCreation.Result again = rig.creation().run(order("acme", "pro"), false);

        assertThat(again.created()).isFalse();
        assertThat(again.id()).isEqualTo(id);
        assertThat(rig.stripe.subscriptions(cus)).hasSize(1);
    }

    @Test
    void afterACancellationItIsMadeAnew() throws Exception {
        String first = rig.subscribe("acme", "pro");
        rig.stripe.cancel(first, true, true, "k");

        String second = rig.subscribe("acme", "pro");

        assertThat(second).isNotEqualTo(first);
        assertThat(rig.stripe.subscriptions(cus)).hasSize(2);
    }

    @Test
    void dryRunMakesNothing() throws Exception {
        SubscriptionCreation.Result result = rig.creation().run(order("acme", "pro"), true);

        assertThat(result.created()).isTrue();
        assertThat(result.id()).isEmpty();
        assertThat(rig.stripe.subscriptions(cus)).isEmpty();
    }

    @Test
    void meterThatALiveSubscriptionBillsIsRefused() throws Exception {
        rig.subscribe("acme", "pro");

        assertRefused(
                () -> rig.subscribe("acme", "max"), "bills requests already", "change-plan --customer acme --plan max");
        assertThat(rig.subscribe("acme", "yearly")).isNotEmpty();
    }

    @Test
    void mistakesAreNamedWithTheirRemedies() {
        assertRefused(() -> rig.subscribe("globex", "pro"), "nobody is mapped as globex", "customers import");
        assertRefused(() -> rig.subscribe("acme", "prо"), "no plan 'prо'", "catalog.yaml");
        assertRefused(
                () -> rig.creation().run(new SubscriptionCreation.Order("acme", "pro", 1, 0, "usd"), true),
                "plan pro is in eur, not in usd",
                "--currency");
        Catalog unapplied = new Catalog("main", List.of(), List.of(), List.of(new Plan("new", "base_new", List.of())));
        assertRefused(
                () -> new SubscriptionCreation(rig.database, rig.stripe, rig.mirror, unapplied)
                        .run(order("acme", "new"), false),
                "no price base_new",
                "./tallymark catalog apply");
    }

    @Test
    void itemsAreThePlansInItsOrder() throws Exception {
        StripeSubscription made =
                rig.stripe.subscription(rig.subscribe("acme", "flex")).orElseThrow();

        assertThat(made.items())
                .extracting(StripeSubscriptionItem::lookupKey)
                .containsExactly("requests_pro", "bytes_pro");
    }

    private static void assertRefused(
            org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String problem, String remedy) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        UserError.class, e -> assertThat(e.remedy()).contains(remedy))
                .hasMessageContaining(problem);
    }
}
