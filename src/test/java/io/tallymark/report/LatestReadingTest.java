package io.tallymark.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallymark.database.Database;
import io.tallymark.database.LatestReading;
import io.tallymark.database.Sql;
import io.tallymark.usage.DatabaseAccess;
import io.tallymark.usage.SecretRef;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A figure for metrics never costs more than it may, and never stops what it is about. */
class LatestReadingTest {
    private final AtomicLong nanos = new AtomicLong();
    private final AtomicInteger asked = new AtomicInteger();
    private final LatestReading<Integer> reading =
            new LatestReading<>("Test", "a figure", connection -> asked.incrementAndGet(), 0, nanos::get);
    private TestDatabase database;
    private Database pool;

    @BeforeEach
    void open() throws SQLException {
        database = new TestDatabase();
        pool = ReportPool.open(database.access(), 1);
    }

    @AfterEach
    void close() throws SQLException {
        pool.close();
        database.close();
    }

    @Test
    void asksAtMostOnceAnInterval() throws SQLException {
        reading.refresh(pool);
        advance(LatestReading.INTERVAL.minusNanos(1));
        reading.refresh(pool);
        assertThat(reading.value()).isEqualTo(1);

        advance(Duration.ofNanos(1));
        reading.refresh(pool);
        assertThat(reading.value()).isEqualTo(2);
    }

    @Test
    void standsAndAgesWhileTheDatabaseIsAway() throws SQLException {
        reading.refresh(pool);
        advance(Duration.ofMinutes(10));
        try (Database away = ReportPool.open(
                new DatabaseAccess("jdbc:postgresql://127.0.0.1:1/nothing", "nobody", SecretRef.none("password")), 1)) {
            reading.refresh(away);
        }

        assertThat(reading.value()).isEqualTo(1);
        assertThat(reading.ageSeconds()).isEqualTo(600);
    }

    @Test
    void slowAnswerIsCutOffAndTheLatestStands() throws SQLException {
        LatestReading<Integer> slow = new LatestReading<>(
                "Test",
                "a slow figure",
                connection ->
                        Sql.first(connection, row -> 7, "SELECT pg_sleep(30)").orElseThrow(),
                3,
                nanos::get);

        slow.refresh(pool);

        assertThat(slow.value()).isEqualTo(3);
    }

    @Test
    void mistakeIsNoOutage() {
        LatestReading<Integer> wrong = new LatestReading<>(
                "Test", "nothing", connection -> Sql.update(connection, "DELETE FROM no_such_table"), 0, nanos::get);

        assertThatThrownBy(() -> wrong.refresh(pool)).isInstanceOf(SQLException.class);
    }

    private void advance(Duration time) {
        nanos.addAndGet(time.toNanos());
    }
}
