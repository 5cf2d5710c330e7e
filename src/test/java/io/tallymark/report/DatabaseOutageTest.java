package io.tallymark.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallymark.usage.DatabaseAccess;
import io.tallymark.usage.Delivery;
import io.tallymark.usage.ReportMode;
import io.tallymark.usage.SecretRef;
import io.tallymark.usage.UsageReport;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.ServerSocket;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.streaming.runtime.tasks.TestProcessingTimeService;
import org.junit.jupiter.api.Test;

class DatabaseOutageTest {
    private static final DueHour HOUR = DueHour.of("tokens", "acme", TestDatabase.hoursAgo(2));

    private final FakeStripe stripe = new FakeStripe();

    @Test
    void connectionsThatDieCostATickEachAtMost() throws SQLException {
        try (TestDatabase database = new TestDatabase();
                Reporter reporter =
                        new Reporter(Reporter.settings(database, CustomerMapping.IDENTITY, Reporter.TOKENS), stripe)) {
            reporter.tick();
            database.total(HOUR, "5");
            database.texts("""
                    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE datname = current_database() AND pid <> pg_backend_pid()
                    """);
            for (int connection = 0; connection < Reporter.CONNECTIONS; connection++) {
                reporter.tick();
            }
            reporter.drain();

            assertThat(stripe.calls()).hasSize(1);
            assertThat(database.count("report_due")).isZero();
        }
    }

    @Test
    void databaseThatIsAwayFailsNothingAndNothingIsSent() throws Exception {
        ReportSettings away = ReportSettings.withDefaults(
                new DatabaseAccess(
                        "jdbc:postgresql://127.0.0.1:" + closedPort() + "/tallymark",
                        "tallymark",
                        SecretRef.none("postgres.password")),
                List.of(Reporter.TOKENS),
                CustomerMapping.IDENTITY);
        ClaimedReport claim = new ClaimedReport(
                HOUR,
                1,
                new UsageReport("tm-1", ReportMode.HOURLY_TOTAL, "tokens", "acme", BigDecimal.ONE, Instant.EPOCH),
                ReadBack.NONE);

        try (Reporter reporter = new Reporter(away, stripe)) {
            assertThat(reporter.claim()).isEmpty();
            assertThat(reporter.call(claim)).isEmpty();
        }
        try (OutcomeWriter writer = new OutcomeWriter(
                ReportPool.open(away.database(), 1),
                UnregisteredMetricsGroup.createSinkWriterMetricGroup(),
                new TestProcessingTimeService())) {
            writer.write(new ReportOutcome(claim, accepted()), new NoContext());
            writer.flush(false);
        }
        assertThat(stripe.calls()).isEmpty();
    }

    @Test
    void missingTableIsNoOutage() throws SQLException {
        try (TestDatabase database = new TestDatabase();
                Reporter reporter =
                        new Reporter(Reporter.settings(database, CustomerMapping.IDENTITY, Reporter.TOKENS), stripe)) {
            database.execute("DROP TABLE report_lane");

            assertThatThrownBy(reporter::claim).isInstanceOf(SQLException.class).hasMessageContaining("report_lane");
        }
    }

    private static Delivery accepted() {
        return new Delivery(Delivery.Outcome.ACCEPTED, "req_1", "", 0);
    }

    private static int closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static final class NoContext implements SinkWriter.Context {
        @Override
        public long currentWatermark() {
            return Long.MIN_VALUE;
        }

        @Override
        public Long timestamp() {
            return 0L;
        }
    }
}
