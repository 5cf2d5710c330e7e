package io.tallymark.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallymark.embedded.EmbeddedDatabase;
import io.tallymark.embedded.ListenPort;
import io.tallymark.embedded.WorkDirectory;
import io.tallymark.usage.DatabaseAccess;
import io.tallymark.usage.IntakeKey;
import io.tallymark.usage.IntakeTally;
import io.tallymark.usage.MeteringProgress;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.streaming.runtime.operators.sink.SinkWriterOperatorFactory;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Each sink of the metering inside Flink's own operator, over a real database that goes away. */
@Timeout(60)
class TableSinkIT {
    private static final IntakeTally TALLY =
            new IntakeTally(new IntakeKey("usage-events", 0, 1), 0, 5, 5, Map.of("COUNTED", 5L));

    private static final Written<MeteringProgress> PROGRESS = new Written<>(
            "metering_progress",
            access -> ProgressTable.sink(access, "{}"),
            new MeteringProgress("usage-events", 1_000, true));

    private static final List<Written<?>> SINKS = List.of(
            new Written<>("usage_hourly", UsageTable::sink, WriterRig.total("acme", "1", true)),
            new Written<>("intake_hourly", IntakeTable::sink, TALLY),
            PROGRESS);

    private WorkDirectory work;
    private EmbeddedDatabase database;

    /** A sink, one of its rows, and its table. */
    private record Written<T>(String table, Function<DatabaseAccess, Sink<T>> sink, T row) {
        /** A writer that was given the row. */
        OneInputStreamOperatorTestHarness<T, ?> begin(DatabaseAccess access) throws Exception {
            OneInputStreamOperatorTestHarness<T, ?> operator =
                    new OneInputStreamOperatorTestHarness<>(new SinkWriterOperatorFactory<>(sink.apply(access)));
            operator.open();
            operator.processElement(new StreamRecord<>(row));
            return operator;
        }
    }

    @BeforeEach
    void start() {
        work = WorkDirectory.create();
        database = EmbeddedDatabase.start(work.directory("postgres"), ListenPort.free());
    }

    @AfterEach
    void stop() {
        database.close();
        work.close();
    }

    @Test
    void rowsAreInTheTableBeforeTheCheckpointIsTaken() throws Exception {
        for (Written<?> written : SINKS) {
            OneInputStreamOperatorTestHarness<?, ?> operator = written.begin(database.access());

            operator.prepareSnapshotPreBarrier(1);

            assertThat(Queries.rows(database.access(), "SELECT count(*) FROM " + written.table()))
                    .containsExactly("1");
            operator.close();
        }
    }

    /** One that is refused must not try again: it would only hold up the task that has to end. */
    @Test
    void writerOfAnEarlierAttemptIsRefusedAtOnce() throws Exception {
        for (Written<?> written : SINKS) {
            countAttempts(written.table());
            OneInputStreamOperatorTestHarness<?, ?> zombie = written.begin(database.access());
            OneInputStreamOperatorTestHarness<?, ?> successor = written.begin(database.access());
            successor.prepareSnapshotPreBarrier(1);

            assertThatThrownBy(() -> zombie.prepareSnapshotPreBarrier(1)).hasMessageContaining("is fenced");
            assertThat(Queries.rows(database.access(), "SELECT last_value FROM attempt_seq"))
                    .as("%s: the successor's attempt and the zombie's", written.table())
                    .containsExactly("2");
            successor.close();
            zombie.close();
        }
    }

    @Test
    void databaseThatIsAwayFailsTheCheckpoint() throws Exception {
        OneInputStreamOperatorTestHarness<?, ?> operator = PROGRESS.begin(database.access());
        database.close();

        assertThatThrownBy(() -> operator.prepareSnapshotPreBarrier(1))
                .hasMessageContaining("cannot write metering_progress");
        assertThatCode(operator::close).doesNotThrowAnyException();
    }

    /** What a task throws while it is being closed ends the TaskManager, with all that runs there. */
    @Test
    void closingNeverThrowsWhileTheDatabaseIsAway() throws Exception {
        List<OneInputStreamOperatorTestHarness<?, ?>> operators = new ArrayList<>();
        for (Written<?> written : SINKS) {
            operators.add(written.begin(database.access()));
        }
        database.close();

        for (OneInputStreamOperatorTestHarness<?, ?> operator : operators) {
            assertThatCode(operator::close).doesNotThrowAnyException();
        }
    }

    /** In a sequence, which a transaction that is rolled back does not set back. */
    private void countAttempts(String table) throws SQLException {
        Queries.execute(
                database.access(),
                "DROP SEQUENCE IF EXISTS attempt_seq",
                "CREATE SEQUENCE attempt_seq",
                """
                CREATE OR REPLACE FUNCTION count_attempt() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    PERFORM nextval('attempt_seq');
                    RETURN NULL;
                END
                $$
                """,
                "CREATE TRIGGER count_attempt BEFORE INSERT ON " + table
                        + " FOR EACH STATEMENT EXECUTE FUNCTION count_attempt()");
    }
}
