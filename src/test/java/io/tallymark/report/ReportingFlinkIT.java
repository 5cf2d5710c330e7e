package io.tallymark.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.report.FakeStripe.Fault;
import io.tallymark.usage.Delivery;
import io.tallymark.usage.HeldUsage;
import io.tallymark.usage.ReportSender;
import io.tallymark.usage.UsageQuestion;
import io.tallymark.usage.UsageReport;
import java.sql.SQLException;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The Flink pieces put together as topology does, in a local cluster. */
@SuppressWarnings("try") // The job only has to run.
class ReportingFlinkIT {
    private static final FakeStripe STRIPE = new FakeStripe();
    private static final int CUSTOMERS = 40;

    @Test
    void dueHoursReachStripeAndTheLedger() throws Exception {
        try (TestDatabase database = new TestDatabase()) {
            ReportSettings settings =
                    Reporter.settings(database, CustomerMapping.IDENTITY, Reporter.TOKENS, Reporter.CALLS);
            writeTotals(database);
            STRIPE.failNext(Fault.LOST_AFTER_STRIPE, Fault.LOST_BEFORE_STRIPE, Fault.REFUSED);

            try (ReportingJob job = ReportingJob.start(settings, new SharedStripeFactory())) {
                Awaitility.await()
                        .atMost(Duration.ofMinutes(1))
                        .until(() -> database.count("reported_meter WHERE seeded_at IS NOT NULL") == 2
                                && database.count("report_due") == 0);
            }

            assertThat(database.rows("SELECT state, count(*) FROM stripe_report GROUP BY state ORDER BY state"))
                    .containsExactly("accepted, " + (2 * CUSTOMERS - 1), "rejected, 1");
            assertThat(database.number("SELECT sum(balance) FROM ledger_balance WHERE account = 'reported'"))
                    .isEqualByComparingTo(
                            database.number("SELECT sum(amount) FROM stripe_report WHERE state = 'accepted'"));
            assertThat(STRIPE.contradictions()).isEmpty();
        }
    }

    private static void writeTotals(TestDatabase database) throws SQLException {
        for (int customer = 0; customer < CUSTOMERS; customer++) {
            database.total(DueHour.of("tokens", "customer" + customer, TestDatabase.hoursAgo(2)), "1.5");
            database.total(DueHour.of("calls", "customer" + customer, TestDatabase.hoursAgo(2)), "3");
        }
    }

    /** The one Stripe of the test, whichever task opens it. */
    private static final class SharedStripe implements ReportSender {
        @Override
        public HeldUsage held(UsageQuestion question) {
            return STRIPE.held(question);
        }

        @Override
        public Delivery send(UsageReport event) {
            return STRIPE.send(event);
        }

        @Override
        public void close() {}
    }

    private record SharedStripeFactory() implements ReportSender.Factory {
        @Override
        public ReportSender open() {
            return new SharedStripe();
        }

        @Override
        public boolean live() {
            return true;
        }
    }
}
