package io.tallymark.billing;

import static io.tallymark.billing.StripeObjects.anchored;
import static io.tallymark.billing.StripeObjects.classic;
import static io.tallymark.billing.StripeObjects.ended;
import static io.tallymark.billing.StripeObjects.metered;
import static io.tallymark.billing.StripeObjects.subscription;
import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.audit.MirrorCheck;
import io.tallymark.stripe.StripeMeter;
import io.tallymark.stripe.StripeSubscription;
import io.tallymark.usage.UserError;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the doctor finds in the mirror. */
class MirrorCheckTest {
    private BillingRig rig;

    @BeforeEach
    void open() throws SQLException {
        rig = new BillingRig();
        rig.books.execute("INSERT INTO billing_customer (customer_id, stripe_customer_id) VALUES ('acme', 'cus_1')");
        rig.books.execute("UPDATE billing_mirror SET synced_at = report_now()");
        for (String meter :
                List.of("requests,api_requests,hourly-total", "bytes,api_bytes,delta", "peak,api_peak,period-total")) {
            String[] parts = meter.split(",", -1);
            rig.books.execute(
                    "INSERT INTO reported_meter (metric, event_name, mode) VALUES (?, ?, ?)",
                    parts[0],
                    parts[1],
                    parts[2]);
        }
    }

    @AfterEach
    void close() throws SQLException {
        rig.close();
    }

    @Test
    void wellMadeSubscriptionIsNoProblem() throws Exception {
        mirror(subscription(
                "sub_1", "cus_1", metered("si_1", meter("api_requests")), metered("si_2", meter("api_peak"))));
        use("requests", "acme");

        assertThat(problems()).isEmpty();
    }

    @Test
    void mirrorThatWasNeverFilledSaysNothing() throws Exception {
        rig.books.execute("UPDATE billing_mirror SET synced_at = NULL");
        use("requests", "acme");

        assertThat(problems()).isEmpty();
        assertThat(new MirrorCheck(rig.books.access()).findings().syncedAt()).isEmpty();
    }

    @Test
    void mirrorOlderThanADayIsAProblem() throws Exception {
        rig.books.execute("UPDATE billing_mirror SET synced_at = report_now() - interval '25 hours'");

        assertProblem("25 hours old", "./tallymark stripe-sync");
    }

    @Test
    void boundaryWithinAnHourIsAProblem() throws Exception {
        mirror(anchored(
                subscription("sub_1", "cus_1", metered("si_1", meter("api_requests"))), "2026-11-03T09:12:30Z"));

        assertProblem("sub_1 of acme has the boundaries of its periods within an hour", "cancel --at period-end");
    }

    @Test
    void twoLiveItemsOnOneMeterAreAProblem() throws Exception {
        mirror(subscription("sub_1", "cus_1", metered("si_1", meter("api_requests"))));
        mirror(subscription("sub_2", "cus_1", metered("si_2", meter("api_requests"))));

        assertProblem(
                "acme has several live items that bill requests, and each bills all of it: si_1, si_2",
                "remove all but one");

        mirror(ended(subscription("sub_2", "cus_1", metered("si_2", meter("api_requests"))), "2026-11-20T00:00:00Z"));
        assertThat(problems()).isEmpty();
    }

    @Test
    void classicBillingModeIsAProblem() throws Exception {
        mirror(classic(subscription("sub_1", "cus_1", metered("si_1", meter("api_requests")))));

        assertProblem("sub_1 of acme is in billing mode classic", "migrate it");
    }

    @Test
    void subscriptionThatNobodyIsMappedToIsAProblem() throws Exception {
        mirror(subscription("sub_9", "cus_9", metered("si_9", meter("api_requests"))));

        assertProblem("sub_9 bills requests, but nobody is mapped to its customer cus_9", "customers import");
    }

    @Test
    void subscriptionOfAFormerPayerIsToBeEndedNotMapped() throws Exception {
        mirror(subscription("sub_1", "cus_1", metered("si_1", meter("api_requests"))));
        rig.books.execute("UPDATE billing_customer SET stripe_customer_id = 'cus_2' WHERE customer_id = 'acme'");

        assertProblem("sub_1 still charges cus_1, which does not pay for acme any more", "end it in Stripe");
    }

    @Test
    void usageBesideThePlanIsAProblem() throws Exception {
        mirror(subscription("sub_1", "cus_1", metered("si_1", meter("api_requests"))));
        use("bytes", "acme");

        assertProblem(
                "acme used 5 of bytes in the hour from 2026-11-22T02:00:00Z, and no subscription bills it",
                "subscription create");
    }

    @Test
    void usageBeforeTheFirstSubscriptionIsAProblemForAsLongAsStripeTakesUsage() throws Exception {
        rig.books.total("requests", "acme", Instant.parse("2026-10-30T09:00:00Z"), "20");
        rig.books.total("requests", "acme", Instant.parse("2026-10-30T21:00:00Z"), "1.5");
        mirror(subscription("sub_1", "cus_1", metered("si_1", meter("api_requests"))));
        use("requests", "acme");

        assertProblem(
                "acme used 21.5 of requests in 2 hours from 2026-10-30T09:00:00Z to 2026-10-30T21:00:00Z, and no",
                "write it off");

        rig.now("2026-12-05T00:00:00Z");
        rig.books.execute("UPDATE billing_mirror SET synced_at = report_now()");
        assertThat(problems()).isEmpty();
    }

    @Test
    void usageBeforeTheSubscriptionThatAPersonBilledIsNoProblem() throws Exception {
        rig.books.total("requests", "acme", Instant.parse("2026-10-30T09:00:00Z"), "20");
        mirror(subscription("sub_1", "cus_1", metered("si_1", meter("api_requests"))));
        rig.books.execute("""
                INSERT INTO billing_invoice (invoice_id, stripe_customer_id, status, billing_reason, currency, total, period_start,
                    period_end, auto_advance, created_at, seen_at)
                VALUES ('in_1', 'cus_1', 'open', 'manual', 'eur', 0, now(), now(), true, now(), now())
                """);
        rig.books.execute("""
                INSERT INTO billing_invoice_line (invoice_id, line_number, line_id, description, quantity, amount, proration, period_start,
                    period_end)
                VALUES ('in_1', 1, 'il_1', '', 1, 0, false, '2026-10-30T00:00:00Z', '2026-10-31T00:00:00Z')
                """);

        assertThat(problems()).isEmpty();
    }

    @Test
    void usageUpToACancellationIsNoProblemButLaterUsageIs() throws Exception {
        mirror(ended(subscription("sub_1", "cus_1", metered("si_1", meter("api_bytes"))), "2026-11-22T03:00:07Z"));
        rig.books.execute("INSERT INTO billing_seal (customer_id, metric, sealed_before, late, cause)"
                + " VALUES ('acme', 'bytes', '2026-11-22T03:00:00Z', 'drop', 'canceled')");
        rig.books.execute("INSERT INTO billing_change (customer_id, subscription_id, kind, metrics, state, changed_at)"
                + " VALUES ('acme', 'sub_1', 'cancel at hour end', '{bytes}', 'done', '2026-11-22T03:00:07Z')");
        invoiceTheEnd();
        use("bytes", "acme");

        assertThat(problems()).isEmpty();

        rig.books.total("bytes", "acme", Instant.parse("2026-11-22T03:00:00Z"), "2");
        assertProblem("acme used 2 of bytes in the hour from 2026-11-22T03:00:00Z", "subscription create");
    }

    private void invoiceTheEnd() throws SQLException {
        rig.books.execute("""
                INSERT INTO billing_invoice (invoice_id, stripe_customer_id, subscription_id, status, billing_reason, currency, total,
                    period_start, period_end, auto_advance, created_at, seen_at)
                VALUES ('in_1', 'cus_1', 'sub_1', 'open', 'manual', 'eur', 0, '2026-11-01T00:00:00Z', '2026-11-22T03:00:07Z', true,
                    '2026-11-22T03:00:07Z', now())
                """);
    }

    @Test
    void severalIntervalsOfAMetricThatGoesByPeriodsAreAProblem() throws Exception {
        mirror(subscription("sub_1", "cus_1", metered("si_1", meter("api_requests"), 3)));
        assertThat(problems()).isEmpty();

        mirror(subscription("sub_2", "cus_1", metered("si_2", meter("api_peak"), 3)));
        assertProblem("sub_2 of acme is billed every 3 months, and the mode of peak goes by periods", "hourly-total");
    }

    private void mirror(StripeSubscription subscription) throws SQLException {
        rig.mirror.writeSubscriptions(List.of(subscription), rig.now());
    }

    private void use(String metric, String customer) throws SQLException {
        rig.books.total(metric, customer, BillingRig.START.minusSeconds(8 * 3600 + 20 * 60), "5");
    }

    private String meter(String eventName) {
        return rig.stripe.meters().stream()
                .filter(meter -> meter.eventName().equals(eventName))
                .map(StripeMeter::id)
                .findFirst()
                .orElseThrow();
    }

    private List<UserError> problems() {
        return new MirrorCheck(rig.books.access()).findings().problems();
    }

    private void assertProblem(String problem, String remedy) {
        assertThat(problems()).singleElement().satisfies(found -> {
            assertThat(found).hasMessageContaining(problem);
            assertThat(found.remedy()).contains(remedy);
        });
    }
}
