package io.tallymark.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.embedded.EmbeddedDatabase;
import io.tallymark.embedded.ListenPort;
import io.tallymark.embedded.WorkDirectory;
import io.tallymark.usage.BillingHour;
import java.sql.SQLException;
import java.time.Instant;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a job without state is told of the jobs before it. */
class IntakeHistoryIT {
    private static final long NOON = Instant.parse("2026-03-01T12:00:00Z").toEpochMilli();
    private static final long MINUTE = 60_000;

    private static WorkDirectory work;
    private static EmbeddedDatabase database;

    private IntakeHistory history;

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
    void open() throws SQLException {
        Queries.execute(database.access(), "DELETE FROM intake_hourly", "DELETE FROM metering_progress");
        history = new IntakeHistory(database.access(), "usage-events", true);
    }

    @Test
    void nothingIsKnownOfAFirstJob() {
        assertThat(history.countedUntilMillis()).isEqualTo(OptionalLong.empty());
        assertThat(history.hasMoreThan(0, NOON, 100)).isFalse();
    }

    @Test
    void formerJobCountedAFewMinutesLongerThanItsLastCheckpointSays() throws SQLException {
        progress("timestamptz '2026-03-01 12:00Z'");

        assertThat(history.countedUntilMillis()).hasValue(NOON + 10 * MINUTE);
    }

    @Test
    void runningJobHasCountedUntilNow() throws SQLException {
        progress("now()");

        assertThat(history.countedUntilMillis().orElseThrow())
                .isBetween(System.currentTimeMillis() - MINUTE, System.currentTimeMillis() + MINUTE);
    }

    @Test
    void recordsThatAPartitionNoLongerHoldsAreKnownByTheirOffsetTheirHourOrTheirTopic() throws SQLException {
        Queries.execute(
                database.access(),
                "INSERT INTO intake_hourly (topic, partition, append_hour, first_offset, next_offset, read, counted,"
                        + " withdrawn, duplicate, conflict, void_waiting, ignored, uncovered, dead_lettered, writer_epoch)"
                        + " VALUES ('usage-events', 0, '2026-03-01 12:00Z', 0, 50, 50, 50, 0, 0, 0, 0, 0, 0, 0, 1)");

        assertThat(history.hasMoreThan(0, NOON + MINUTE, 50)).isFalse();
        assertThat(history.hasMoreThan(0, NOON + MINUTE, 49)).isTrue();
        assertThat(history.hasMoreThan(0, NOON + 60 * MINUTE, 50)).isTrue();
        assertThat(history.hasMoreThan(1, NOON + 60 * MINUTE, 0)).isFalse();
        assertThat(new IntakeHistory(database.access(), "other", true).hasMoreThan(0, NOON, 50))
                .isTrue();
        assertThat(history.hasOlder(0, NOON + 59 * MINUTE)).isFalse();
        assertThat(history.hasOlder(0, NOON + 60 * MINUTE)).isTrue();
        assertThat(history.hasOlder(1, NOON + 60 * MINUTE)).isFalse();
        assertThat(history.othersUntilMillis()).isEqualTo(OptionalLong.empty());
        assertThat(new IntakeHistory(database.access(), "other", true).othersUntilMillis())
                .hasValue(NOON + 60 * MINUTE);
        assertThat(new IntakeHistory(database.access(), "usage-events", false).hasMoreThan(0, NOON + 60 * MINUTE, 50))
                .isFalse();
    }

    @Test
    void hourOfARowThatIsOlderThanTheTopicIsNamed() throws SQLException {
        Queries.execute(
                database.access(),
                "SELECT ensure_usage_months('2026-03-01Z', '2026-03-02Z')",
                "INSERT INTO usage_hourly VALUES ('m', 'c', '{}', '2026-03-01 10:00Z', 7, 7, decode(repeat('ab', 16), 'hex'),"
                        + " 0, true, '2026-03-01 12:00Z', 1)");
        BillingHour from = BillingHour.containing(NOON - 180 * MINUTE);
        BillingHour to = BillingHour.containing(NOON);

        assertThat(history.lastHourWrittenBefore(NOON + 1, from, to)).hasValue(NOON - 120 * MINUTE);
        assertThat(history.lastHourWrittenBefore(NOON, from, to)).isEqualTo(OptionalLong.empty());
        assertThat(history.lastHourWrittenBefore(NOON + 1, BillingHour.containing(NOON - 60 * MINUTE), to))
                .isEqualTo(OptionalLong.empty());
        assertThat(new IntakeHistory(database.access(), "usage-events", false)
                        .lastHourWrittenBefore(NOON + 1, from, to))
                .isEqualTo(OptionalLong.empty());
    }

    private static void progress(String writtenAt) throws SQLException {
        Queries.execute(
                database.access(),
                "INSERT INTO metering_progress VALUES ('usage-events', NULL, now(), " + writtenAt + ", 1)");
    }
}
