package io.tallymark.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.usage.Meter;
import io.tallymark.usage.ReportMode;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MeterRegistryTest {
    private static final DueHour HOUR = DueHour.of("tokens", "acme", TestDatabase.hoursAgo(3));

    private final FakeStripe stripe = new FakeStripe();
    private TestDatabase database;

    @BeforeEach
    void open() throws SQLException {
        database = new TestDatabase();
    }

    @AfterEach
    void close() throws SQLException {
        database.close();
    }

    @Test
    void newMeterReportsItsPast35DaysAndNoMore() throws SQLException {
        database.total(HOUR, "5");
        database.total(DueHour.of("tokens", "acme", TestDatabase.hoursAgo(4)), "{}", "6", false);
        database.total(DueHour.of("tokens", "acme", TestDatabase.hoursAgo(36 * 24)), "7");

        report(Reporter.TOKENS);

        assertThat(stripe.calls()).hasSize(1);
        assertThat(stripe.held("tokens", "acme", HOUR.start())).isEqualByComparingTo("5");
        assertThat(database.balance("tokens", "unreportable")).isZero();
    }

    @Test
    void restartSeedsNothingAgain() throws SQLException {
        database.total(HOUR, "5");
        report(Reporter.TOKENS);
        report(Reporter.TOKENS);

        assertThat(stripe.calls()).hasSize(1);
    }

    @Test
    void crashBetweenRegisteringAndSeedingLosesNothing() throws SQLException {
        database.total(HOUR, "5");
        database.execute(
                "INSERT INTO reported_meter (metric, event_name, mode) VALUES ('tokens', 'tokens', 'hourly-total')");

        report(Reporter.TOKENS);

        assertThat(stripe.calls()).hasSize(1);
    }

    @Test
    void changedStripeSideIsRegistered() throws SQLException {
        report(Reporter.TOKENS);
        report(Reporter.meter("tokens", "raw_tokens", ReportMode.DELTA));

        assertThat(database.rows("SELECT metric, event_name, mode FROM reported_meter"))
                .containsExactly("tokens, raw_tokens, delta");
    }

    @Test
    void removedMeterIsNoLongerDueAndCatchesUpWhenItComesBack() throws SQLException {
        report(Reporter.TOKENS);
        database.total(HOUR, "5");
        report(Reporter.CALLS);
        database.total(HOUR, "6");
        report(Reporter.CALLS);

        assertThat(stripe.calls()).isEmpty();
        assertThat(database.texts("SELECT waiting_for FROM report_due")).containsExactly("meter in tallymark.yaml");

        report(Reporter.TOKENS, Reporter.CALLS);
        assertThat(stripe.held("tokens", "acme", HOUR.start())).isEqualByComparingTo("6");
        assertThat(stripe.calls()).hasSize(1);
        assertThat(database.count("report_due")).isZero();
    }

    @Test
    void noTotalSlipsThroughWhileAMeterIsRegistered() throws Exception {
        int writers = 4;
        CountDownLatch running = new CountDownLatch(writers);
        ExecutorService pool = Executors.newFixedThreadPool(writers);
        try {
            List<Future<?>> results = new ArrayList<>();
            for (int writer = 0; writer < writers; writer++) {
                int number = writer;
                results.add(pool.submit(() -> {
                    writeHours(number, running);
                    return null;
                }));
            }
            running.await();
            report(Reporter.TOKENS);
            for (Future<?> result : results) {
                result.get();
            }
        } finally {
            pool.shutdownNow();
        }
        report(Reporter.TOKENS);

        assertThat(database.balance("tokens", "unreported")).isZero();
        assertThat(database.balance("tokens", "reported")).isEqualByComparingTo("400");
    }

    private void writeHours(int writer, CountDownLatch running) throws SQLException {
        try (Connection connection = database.access().connect()) {
            connection.setAutoCommit(false);
            for (int i = 0; i < 100; i++) {
                DueHour hour = DueHour.of("tokens", "customer" + i, TestDatabase.hoursAgo(2 + writer));
                TestDatabase.write(connection, hour, "{}", "1", true);
                if (i % 3 == 0) {
                    connection.commit();
                    running.countDown();
                }
            }
            connection.commit();
        }
    }

    private void report(Meter... meters) throws SQLException {
        try (Reporter reporter = new Reporter(Reporter.settings(database, CustomerMapping.IDENTITY, meters), stripe)) {
            reporter.drain();
        }
    }
}
