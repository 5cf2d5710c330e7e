package io.tallymark.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.database.Database;
import io.tallymark.usage.Meter;
import io.tallymark.usage.ReportMode;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

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
    @Timeout(120)
    void noTotalSlipsThroughWhileAMeterIsRegistered() throws Exception {
        int writers = 4;
        CountDownLatch running = new CountDownLatch(writers);
        AtomicBoolean registered = new AtomicBoolean();
        ExecutorService pool = Executors.newFixedThreadPool(writers);
        long written = 0;
        try {
            List<Future<Integer>> results = new ArrayList<>();
            for (int writer = 0; writer < writers; writer++) {
                int number = writer;
                results.add(pool.submit(() -> writeHours(number, running, registered)));
            }
            running.await();
            // A writer may hold the lock for longer than the reporter waits for it.
            while (database.count("reported_meter") == 0) {
                try (Reporter reporter = reporter(Reporter.TOKENS)) {
                    reporter.claim();
                }
            }
            registered.set(true);
            for (Future<Integer> result : results) {
                written += result.get();
            }
        } finally {
            registered.set(true);
            pool.shutdownNow();
        }
        report(Reporter.TOKENS);

        assertThat(database.balance("tokens", "unreported")).isZero();
        assertThat(database.balance("tokens", "reported")).isEqualByComparingTo(Long.toString(written));
    }

    @Test
    void largePastIsMadeDueInSeveralTransactions() throws SQLException {
        List<DueHour> hours = IntStream.range(1, 30)
                .mapToObj(day -> DueHour.of("tokens", "acme", TestDatabase.hoursAgo(day * 24)))
                .toList();
        for (DueHour hour : hours) {
            database.total(hour, "1");
        }
        MeterRegistry registry = new MeterRegistry(List.of(Reporter.TOKENS));
        Optional<MeterRegistry.Seeding> past = Optional.empty();
        try (Database pool = ReportPool.open(database.access(), 1)) {
            pool.inTransaction(connection -> {
                registry.register(connection);
                return true;
            });
            int transactions = 0;
            do {
                Optional<MeterRegistry.Seeding> before = past;
                past = pool.inTransaction(connection -> registry.seedNext(connection, before));
                transactions++;
            } while (past.isPresent());

            assertThat(transactions).isEqualTo(37);
        }
        assertThat(database.rows("SELECT count(*), count(DISTINCT period_start) FROM report_due"))
                .containsExactly("29, 29");
        report(Reporter.TOKENS);
        assertThat(database.balance("tokens", "unreported")).isZero();
    }

    @Test
    void seedingThatIsCutOffBeginsAgainAndTellsEachHourOnce() throws SQLException {
        database.total(HOUR, "5");
        MeterRegistry registry = new MeterRegistry(List.of(Reporter.TOKENS));
        try (Database pool = ReportPool.open(database.access(), 1)) {
            pool.inTransaction(connection -> {
                registry.register(connection);
                return true;
            });
            Optional<MeterRegistry.Seeding> past = Optional.empty();
            while (database.count("report_due") == 0) {
                Optional<MeterRegistry.Seeding> before = past;
                past = pool.inTransaction(connection -> registry.seedNext(connection, before));
            }
        }
        report(Reporter.TOKENS);

        assertThat(stripe.calls()).hasSize(1);
        assertThat(database.balance("tokens", "reported")).isEqualByComparingTo("5");
        assertThat(database.count("report_due")).isZero();
    }

    /** Goes on until the meter is registered, and some; the number of hours, of 1 each. */
    private int writeHours(int writer, CountDownLatch running, AtomicBoolean registered) throws SQLException {
        int written = 0;
        try (Connection connection = database.writer().connect()) {
            connection.setAutoCommit(false);
            for (int after = 0; after < 50; after += registered.get() ? 1 : 0) {
                DueHour hour = DueHour.of("tokens", "customer" + written, TestDatabase.hoursAgo(2 + writer));
                TestDatabase.write(connection, hour, "{}", "1", true);
                written++;
                if (written % 3 == 0) {
                    connection.commit();
                    running.countDown();
                }
            }
            connection.commit();
        }
        return written;
    }

    private void report(Meter... meters) throws SQLException {
        try (Reporter reporter = reporter(meters)) {
            reporter.drain();
        }
    }

    private Reporter reporter(Meter... meters) {
        return new Reporter(Reporter.settings(database, CustomerMapping.IDENTITY, meters), stripe);
    }
}
