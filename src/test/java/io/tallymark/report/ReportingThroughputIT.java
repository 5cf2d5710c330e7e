package io.tallymark.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.management.OperatingSystemMXBean;
import io.tallymark.simulator.StripeSimulator;
import io.tallymark.stripe.StripeMeter;
import io.tallymark.stripe.StripeReadings;
import io.tallymark.stripe.StripeSenderFactory;
import io.tallymark.stripe.StripeSettings;
import io.tallymark.usage.Meter;
import io.tallymark.usage.ReportMode;
import io.tallymark.usage.SecretRef;
import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * How fast a backlog drains when each call takes 60 ms: prints the rate, the database's time and the processor's share. Never asserts
 * a time. {@code -Dthroughput.customers=5000 -Dthroughput.hours=40} is a burst of 200,000 due reports.
 */
@SuppressWarnings("try") // The job only has to run.
class ReportingThroughputIT {
    private static final int CUSTOMERS = Integer.getInteger("throughput.customers", 500);
    private static final int HOURS = Integer.getInteger("throughput.hours", 10);
    private static final int RATE = Integer.getInteger("throughput.rate", 900);
    private static final int CONCURRENCY =
            Integer.getInteger("throughput.concurrency", ReportSettings.DEFAULT_CONCURRENCY);
    private static final Duration LATENCY = Duration.ofMillis(60);
    private static final Duration DEADLINE = Duration.ofMinutes(15);

    @Test
    void backlogDrainsAtTheConfiguredRate() throws Exception {
        try (TestDatabase database = new TestDatabase();
                StripeSimulator simulator = StripeSimulator.start(0, InstantSource.system())) {
            StripeSettings stripe = StripeSettings.defaults(SecretRef.none("stripe.api-key"))
                    .withApiBase(simulator.apiBase())
                    .withCallsInFlight(CONCURRENCY);
            database.useRealClock();
            prepareAccount(stripe, database);
            ReportSettings settings = settings(database);
            register(settings, stripe);
            makeDue(database);
            simulator.faults().latency(LATENCY);
            simulator.keepRequests(1);
            long before = simulator.requestCount();

            Usage start = Usage.now(database);
            try (ReportingJob job = ReportingJob.start(settings, new StripeSenderFactory(stripe))) {
                print(database, simulator, before, start);
            }

            assertThat(database.count("stripe_report WHERE state <> 'accepted'"))
                    .isZero();
            assertThat(simulator.requestCount() - before).isEqualTo((long) CUSTOMERS * HOURS);
            assertThat(database.balance("tokens", "unreported")).isZero();
        }
    }

    private static void print(TestDatabase database, StripeSimulator simulator, long before, Usage start) {
        long reports = (long) CUSTOMERS * HOURS;
        await().atMost(DEADLINE).until(() -> simulator.requestCount() - before >= reports / 10);
        Usage steady = usage(database);
        await().atMost(DEADLINE).until(() -> simulator.requestCount() - before >= reports * 9 / 10);
        Usage end = usage(database);
        await().atMost(DEADLINE).until(() -> database.count("report_due") == 0);
        System.out.println("throughput: " + reports + " reports due, " + CUSTOMERS
                + " customers, 60 ms a call, configured " + RATE + "/s");
        System.out.println(
                "throughput: " + steady.to(end) + "; from the start of the job " + start.to(usage(database)));
    }

    private static Usage usage(TestDatabase database) {
        try {
            return Usage.now(database);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private static ReportSettings settings(TestDatabase database) {
        Meter tokens = Reporter.meter("tokens", "tokens", ReportMode.HOURLY_TOTAL);
        return new ReportSettings(
                database.access(),
                List.of(tokens),
                CustomerMapping.TABLE,
                CONCURRENCY,
                RATE,
                ReportSettings.DEFAULT_TICK,
                ReportSettings.DEFAULT_LEASE,
                ReportSettings.DEFAULT_CALL_DEADLINE);
    }

    private static void prepareAccount(StripeSettings stripe, TestDatabase database) throws SQLException {
        try (StripeReadings account = StripeReadings.open(stripe)) {
            account.createMeter("tokens", "tokens", StripeMeter.Formula.SUM, StripeMeter.Window.HOUR);
            for (int customer = 0; customer < CUSTOMERS; customer++) {
                database.execute(
                        "INSERT INTO billing_customer VALUES (?, ?)",
                        "customer" + customer,
                        account.createCustomer("customer" + customer));
            }
        }
    }

    private static void register(ReportSettings settings, StripeSettings stripe) throws SQLException {
        try (Reporter reporter = new Reporter(settings, new StripeSenderFactory(stripe).open())) {
            reporter.claim();
        }
    }

    private static void makeDue(TestDatabase database) throws SQLException {
        database.execute("""
                INSERT INTO usage_hourly (metric, customer_id, period_start, quantity, event_count, digest, revision, closed, writer_epoch)
                SELECT 'tokens', 'customer' || customer, date_trunc('hour', now(), 'UTC') - (hour + 2) * interval '1 hour',
                    1 + customer % 100, 1, decode(repeat('00', 16), 'hex'), 1, true, 1
                FROM generate_series(1, ?) AS hour, generate_series(0, ? - 1) AS customer
                """, HOURS, CUSTOMERS);
        database.execute("ANALYZE");
    }

    /** What was used up to a moment. */
    private record Usage(long nanos, long accepted, double databaseMillis, long cpuNanos) {
        static Usage now(TestDatabase database) throws SQLException {
            BigDecimal active =
                    database.number("SELECT active_time FROM pg_stat_database WHERE datname = current_database()");
            OperatingSystemMXBean machine = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
            return new Usage(
                    System.nanoTime(),
                    database.count("stripe_report WHERE state = 'accepted'"),
                    active.doubleValue(),
                    machine.getProcessCpuTime());
        }

        String to(Usage later) {
            double seconds = (later.nanos - nanos) / 1e9;
            long reports = later.accepted - accepted;
            double cpu = (later.cpuNanos - cpuNanos) / 1e9;
            return String.format(
                    "%.0f reports/s (%d in %.1f s), database %.2f ms a report, reporter with Flink and simulator %.2f cores, %.2f ms a report",
                    reports / seconds,
                    reports,
                    seconds,
                    (later.databaseMillis - databaseMillis) / Math.max(1, reports),
                    cpu / seconds,
                    cpu * 1_000 / Math.max(1, reports));
        }
    }
}
