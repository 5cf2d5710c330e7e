package io.tallymark.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallymark.embedded.EmbeddedDatabase;
import io.tallymark.embedded.ListenPort;
import io.tallymark.embedded.WorkDirectory;
import io.tallymark.usage.BillingHour;
import io.tallymark.usage.IntakeKey;
import io.tallymark.usage.IntakeTally;
import io.tallymark.usage.MeteringProgress;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The upserts of the balance sheet and of the sign of life on a real database, through the writer's own connections. */
class IntakeTableIT {
    private static final long HOUR =
            BillingHour.containing(Instant.parse("2026-03-01T12:00:00Z")).epochHour();

    private static WorkDirectory work;
    private static EmbeddedDatabase database;

    private FencedConnection writer;

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
        writer = new FencedConnection(database.access());
    }

    @AfterEach
    void close() {
        writer.close();
    }

    @Test
    void everyOutcomeHasItsColumn() throws SQLException {
        write(new IntakeTally(
                new IntakeKey("usage-events", 3, HOUR),
                10,
                50,
                36,
                Map.ofEntries(
                        Map.entry("COUNTED", 1L),
                        Map.entry("WITHDRAWN", 2L),
                        Map.entry("DUPLICATE", 3L),
                        Map.entry("CONFLICT", 4L),
                        Map.entry("VOID_WAITING", 5L),
                        Map.entry("IGNORED", 6L),
                        Map.entry("UNCOVERED:2026-03-01T11:00:00Z", 3L),
                        Map.entry("UNCOVERED:2026-03-01T12:00:00Z", 4L),
                        Map.entry("DEAD_LETTERED:TOO_LATE", 3L),
                        Map.entry("DEAD_LETTERED:UNREADABLE", 5L))));

        assertThat(Queries.rows(database.access(), """
                        SELECT topic, partition, append_hour AT TIME ZONE 'UTC', first_offset, next_offset, read, counted, withdrawn,
                            duplicate, conflict, void_waiting, ignored, uncovered, dead_lettered, reasons, uncovered_hours
                        FROM intake_hourly
                        """))
                .containsExactly("usage-events 3 2026-03-01 12:00:00 10 50 36 1 2 3 4 5 6 7 8"
                        + " {\"TOO_LATE\": 3, \"UNREADABLE\": 5}"
                        + " {\"2026-03-01T11:00:00Z\": 3, \"2026-03-01T12:00:00Z\": 4}");
    }

    @Test
    void rowThatReachesFartherReplacesOneThatDoesNot() throws SQLException {
        write(row(0, 10, 20));
        write(row(0, 10, 25));

        assertThat(rows()).containsExactly("10 25 15 15");
    }

    @Test
    void rowOfTheSameRangeReplaces() throws SQLException {
        write(row(0, 10, 12));
        write(new IntakeTally(key(0), 10, 12, 2, Map.of("COUNTED", 1L, "DUPLICATE", 1L)));

        assertThat(rows()).containsExactly("10 12 2 1");
    }

    @Test
    void restoredJobReplacesItsRowOnceItHasReadAsFarAgain() throws SQLException {
        write(row(0, 10, 20));

        // The checkpoint of offset 14 was restored; another order across partitions makes one more a duplicate.
        write(new IntakeTally(key(0), 10, 17, 7, Map.of("COUNTED", 6L, "DUPLICATE", 1L)));
        assertThat(rows()).as("wider view").containsExactly("10 20 10 10");

        write(new IntakeTally(key(0), 10, 20, 10, Map.of("COUNTED", 9L, "DUPLICATE", 1L)));
        assertThat(rows()).containsExactly("10 20 10 9");
    }

    @Test
    void coldStartOverTheCompleteTopicEndsWithTheSameRows() throws SQLException {
        write(row(0, 0, 20));
        write(row(1, 20, 30));

        for (IntakeTally again : List.of(row(0, 0, 7), row(0, 0, 20), row(1, 20, 22), row(1, 20, 35))) {
            write(again);
            assertThat(rows()).as("rows never shrink and no third one appears").hasSize(2);
        }
        assertThat(rows()).containsExactly("0 20 20 20", "20 35 15 15");
    }

    @Test
    void coldStartInTheMiddleOfAnHourStandsBesideTheCompleteView() throws SQLException {
        write(row(0, 0, 20));
        write(row(1, 20, 30));

        write(uncovered(0, 15, 20));
        write(row(1, 20, 40));

        assertThat(rows()).containsExactly("0 20 20 20", "15 20 5 0", "20 40 20 20");
    }

    @Test
    void coldStartInTheMiddleOfTheNewestHourGoesFartherWithoutLosingTheOldRow() throws SQLException {
        write(row(0, 0, 20));

        write(uncovered(0, 15, 18));
        write(uncovered(0, 15, 40));

        assertThat(rows())
                .as("0 to 19 as it was judged first, 15 to 39 as it was judged then")
                .containsExactly("0 20 20 20", "15 40 25 0");
    }

    @Test
    void writerOfAnEarlierAttemptIsRefused() throws SQLException {
        writer.live();
        try (FencedConnection successor = new FencedConnection(database.access())) {
            write(successor, row(0, 10, 20));

            assertThatThrownBy(() -> write(row(0, 10, 21))).hasMessageContaining("is fenced");
            assertThat(rows()).containsExactly("10 20 10 10");
        }
    }

    @Test
    void batchIsWrittenInItsOrder() throws SQLException {
        try (PreparedStatement statement = writer.live().prepareStatement(IntakeTable.UPSERT)) {
            for (long next = 11; next < 511; next++) {
                IntakeTable.bind(statement, row(0, 10, next));
                statement.addBatch();
            }
            statement.executeBatch();
        }
        assertThat(rows()).containsExactly("10 510 500 500");
    }

    @Test
    void signOfLifeKeepsTheTimeOfTheLastMovementAndTheLastWatermark() throws SQLException {
        write(new MeteringProgress("usage-events", Long.MIN_VALUE, true));
        assertThat(progress()).containsExactly("null t");
        Queries.execute(
                database.access(),
                "UPDATE metering_progress SET moved_at = '2026-03-01T12:00Z', written_at = '2026-03-01T12:00Z'");

        write(new MeteringProgress("usage-events", 1_000, false));
        write(new MeteringProgress("usage-events", Long.MIN_VALUE, false));
        assertThat(progress()).containsExactly("1.000000 f");

        write(new MeteringProgress("usage-events", 2_000, true));
        assertThat(progress()).containsExactly("2.000000 t");
    }

    private void write(IntakeTally row) throws SQLException {
        write(writer, row);
    }

    private static void write(FencedConnection provider, IntakeTally row) throws SQLException {
        try (PreparedStatement statement = provider.live().prepareStatement(IntakeTable.UPSERT)) {
            IntakeTable.bind(statement, row);
            statement.executeUpdate();
        }
    }

    private void write(MeteringProgress progress) throws SQLException {
        try (PreparedStatement statement = writer.live().prepareStatement(ProgressTable.UPSERT)) {
            ProgressTable.bind(statement, progress, "{}");
            statement.executeUpdate();
        }
    }

    private static IntakeKey key(int hoursAfterNoon) {
        return new IntakeKey("usage-events", 0, HOUR + hoursAfterNoon);
    }

    private static IntakeTally row(int hoursAfterNoon, long first, long next) {
        return new IntakeTally(key(hoursAfterNoon), first, next, next - first, Map.of("COUNTED", next - first));
    }

    private static IntakeTally uncovered(int hoursAfterNoon, long first, long next) {
        return new IntakeTally(
                key(hoursAfterNoon), first, next, next - first, Map.of("UNCOVERED:2026-03-01T12:00:00Z", next - first));
    }

    private static List<String> rows() throws SQLException {
        return Queries.rows(
                database.access(),
                "SELECT first_offset, next_offset, read, counted FROM intake_hourly ORDER BY append_hour, first_offset");
    }

    private static List<String> progress() throws SQLException {
        return Queries.rows(
                database.access(),
                "SELECT extract(epoch FROM watermark), moved_at = written_at FROM metering_progress");
    }
}
