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
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.datastream.AsyncDataStream;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The Flink pieces put together as topology does, in a local cluster. */
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

            JobClient job = submit(settings);
            try {
                Awaitility.await()
                        .atMost(Duration.ofMinutes(1))
                        .until(() -> database.count("reported_meter WHERE seeded_at IS NOT NULL") == 2
                                && database.count("report_due") == 0);
            } finally {
                job.cancel().get(30, TimeUnit.SECONDS);
            }

            assertThat(database.rows("SELECT state, count(*) FROM stripe_report GROUP BY state ORDER BY state"))
                    .containsExactly("accepted, " + (2 * CUSTOMERS - 1), "rejected, 1");
            assertThat(database.number("SELECT sum(balance) FROM ledger_balance WHERE account = 'reported'"))
                    .isEqualByComparingTo(
                            database.number("SELECT sum(amount) FROM stripe_report WHERE state = 'accepted'"));
            assertThat(STRIPE.contradictions()).isEmpty();
        }
    }

    private static JobClient submit(ReportSettings settings) throws Exception {
        Configuration configuration = new Configuration();
        configuration.set(PipelineOptions.GENERIC_TYPES, false);
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(2, configuration);
        env.enableCheckpointing(200);
        DataStream<ClaimedReport> claims = env.fromSource(
                        ReportTicks.source(settings), WatermarkStrategy.noWatermarks(), "tick-reports")
                .setParallelism(1)
                .flatMap(new ClaimDueHours(settings, new SharedStripeFactory()))
                .setParallelism(1);
        AsyncDataStream.unorderedWait(
                        claims,
                        new SendToStripe(settings, new SharedStripeFactory()),
                        settings.operatorTimeout().toMillis(),
                        TimeUnit.MILLISECONDS,
                        settings.concurrency())
                .setParallelism(1)
                .sinkTo(new OutcomeSink(settings));
        return env.executeAsync("reporting");
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
