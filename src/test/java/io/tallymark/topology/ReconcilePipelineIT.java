package io.tallymark.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.reconcile.BooksDatabase;
import io.tallymark.reconcile.ReconcileSettings;
import io.tallymark.reconcile.SummariesOnly;
import io.tallymark.usage.Delivery;
import io.tallymark.usage.HeldUsage;
import io.tallymark.usage.MeterErrors;
import io.tallymark.usage.ReportSender;
import io.tallymark.usage.UsageQuestion;
import io.tallymark.usage.UsageReport;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The sweep in a local cluster, from the database to Stripe's summaries and back. */
class ReconcilePipelineIT {
    private static final SummariesOnly STRIPE = new SummariesOnly();
    private static final Instant HOUR = BooksDatabase.hoursAgo(5);

    @Test
    void acceptedReportsBecomeConfirmedAndDifferencesFindings() throws Exception {
        try (BooksDatabase books = new BooksDatabase()) {
            for (String customer : new String[] {"acme", "globex"}) {
                books.total("calls", customer, HOUR, "5");
                books.accepted("calls", customer, HOUR, 1, "delta", "5", "5");
            }
            STRIPE.holds("calls", "cus_acme", HOUR, "5");
            ReconcileSettings settings =
                    new ReconcileSettings(books.access(), true, 20, Duration.ofHours(1), Duration.ofMinutes(15));
            StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(1, new Configuration());
            JobGuarantees.apply(env);
            new ReconcilePipeline(settings, new SharedStripe.Opener(), MeterErrors.UNREAD).build(env);
            JobClient job = env.executeAsync("reconcile");
            try {
                Awaitility.await()
                        .atMost(Duration.ofMinutes(1))
                        .until(() -> books.rows("SELECT customer_id, state FROM stripe_report ORDER BY 1")
                                        .toString()
                                        .equals("[acme, confirmed, globex, accepted]")
                                && books.rows("SELECT kind FROM reconcile_finding")
                                        .contains("lost"));
            } finally {
                job.cancel().get(30, TimeUnit.SECONDS);
            }
            assertThat(books.rows("SELECT count(*) FROM stripe_report WHERE state = 'observed'"))
                    .containsExactly("0");
        }
    }

    /** The one Stripe of the test, whichever task opens it. */
    private static final class SharedStripe implements ReportSender {
        private record Opener() implements Factory {
            @Override
            public ReportSender open() {
                return new SharedStripe();
            }

            @Override
            public boolean live() {
                return false;
            }
        }

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
}
