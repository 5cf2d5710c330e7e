package io.tallymark.chaos;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tallymark.embedded.EmbeddedDatabase;
import io.tallymark.embedded.ListenPort;
import io.tallymark.embedded.WorkDirectory;
import io.tallymark.embedded.traffic.Expectation;
import io.tallymark.embedded.traffic.TrafficMeter;
import io.tallymark.usage.Fingerprint;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A watcher that cannot see would let every run pass: it is shown totals at the truth and above it. */
@Timeout(60)
class WatcherIT {
    private static final Instant HOUR = Instant.parse("2026-03-01T12:00:00Z");

    private static WorkDirectory work;
    private static EmbeddedDatabase database;

    private Watcher watcher;

    @BeforeAll
    static void start() {
        work = WorkDirectory.create();
        database = EmbeddedDatabase.start(work.directory("postgres"), ListenPort.free());
    }

    @AfterAll
    static void stop() {
        database.close();
        work.close();
    }

    @BeforeEach
    void watch() throws SQLException {
        new Queries(database.access()).execute("DELETE FROM usage_hourly");
        Ceiling ceiling = new Ceiling();
        ceiling.raise(event(0, "5"));
        ceiling.raise(event(1, "7"));
        ceiling.raise(event(1, "7"));
        watcher = Watcher.start(database.access(), ceiling);
    }

    @AfterEach
    void close() {
        watcher.close();
    }

    @Test
    void totalsUpToTheTruthAreNoExcess() throws SQLException {
        write("acme", "12", 2);
        await().until(() -> watcher.rows() > 1);

        assertThatCode(watcher::check).doesNotThrowAnyException();
    }

    @Test
    void oneUnitTooManyIsSeenThoughItIsCorrectedLater() throws SQLException {
        write("acme", "13", 2);
        long seen = watcher.rows();
        await().until(() -> watcher.rows() > seen);
        write("acme", "12", 2);

        awaitFailure("above the truth: ", "quantity=13");
    }

    @Test
    void anEventCountedTwiceIsSeenThoughItAddsNothing() throws SQLException {
        write("acme", "12", 3);

        awaitFailure("above the truth: ", "events=3");
    }

    @Test
    void usageOfNobodyIsSeen() throws SQLException {
        write("bolt", "1", 1);

        awaitFailure("above the truth: ", "no such events were ever sent");
    }

    private void awaitFailure(String... parts) {
        ThrowingCallable check = watcher::check;
        await().untilAsserted(() -> {
            for (String part : parts) {
                assertThatThrownBy(check).isInstanceOf(AssertionError.class).hasMessageContaining(part);
            }
        });
    }

    private void write(String customer, String quantity, long events) throws SQLException {
        new Queries(database.access()).execute("""
                SELECT set_config('tallymark.writer_epoch', '1', false);
                INSERT INTO usage_hourly (metric, customer_id, dimensions, period_start, quantity, event_count, digest,
                    withdrawn_count, revision, closed, writer_epoch)
                VALUES ('api_bytes', '%s', '{}', '%s', %s, %d, decode(repeat('00', 16), 'hex'), 0, 0, false, 1)
                ON CONFLICT (metric, customer_id, dimensions, period_start) DO UPDATE SET
                    quantity = EXCLUDED.quantity, event_count = EXCLUDED.event_count, updated_at = now()
                """.formatted(customer, HOUR, quantity, events));
    }

    private static Expectation.Usage event(int number, String bytes) {
        return new Expectation.Usage(
                number,
                new Fingerprint(1, number),
                "acme",
                HOUR.toEpochMilli() + 1,
                List.of(new Expectation.Addition(TrafficMeter.API_BYTES, "{}", new BigDecimal(bytes))),
                false);
    }
}
