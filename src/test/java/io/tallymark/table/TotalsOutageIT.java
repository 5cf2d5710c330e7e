package io.tallymark.table;

import static io.tallymark.table.WriterRig.total;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.tallymark.embedded.EmbeddedDatabase;
import io.tallymark.embedded.ListenPort;
import io.tallymark.embedded.WorkDirectory;
import io.tallymark.usage.HourlyTotal;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A database that is slow, refuses, cuts the connection or stays away, below a writer of totals. */
@Timeout(60)
class TotalsOutageIT {
    private static final String BUSY_WRITERS = """
            FROM pg_stat_activity
            WHERE datname = current_database() AND query LIKE 'INSERT INTO usage_hourly%' AND state = 'active'
            """;

    private WorkDirectory work;
    private EmbeddedDatabase database;
    private WriterRig writer;

    @BeforeEach
    void start() throws Exception {
        work = WorkDirectory.create();
        database = EmbeddedDatabase.start(work.directory("postgres"), ListenPort.free());
        writer = new WriterRig(database.access());
    }

    @AfterEach
    void stop() {
        writer.close();
        database.close();
        work.close();
    }

    @Test
    void taskDoesNotWaitForTheDatabaseWhileThereIsRoom() throws Exception {
        whileLocked(() -> {
            for (int i = 0; i < BackgroundBatches.MOST_BATCHES * WriterRig.BATCH_ROWS; i++) {
                writer.write(total("customer " + i, "1", true));
            }
            assertThat(count()).isEqualTo("0");
        });
        writer.flush();

        assertThat(count()).isEqualTo("12");
    }

    @Test
    void withoutRoomTheTimerLeavesTheBatchToGrow() throws Exception {
        whileLocked(() -> {
            for (int i = 0; i < BackgroundBatches.MOST_BATCHES * WriterRig.BATCH_ROWS + 1; i++) {
                writer.write(total("customer " + i, "1", true));
            }
            writer.clock.advance(BatchWriter.LONGEST_WAIT_MILLIS);

            assertThat(writer.clock.getNumActiveTimers()).isOne();
        });
        writer.flush();

        assertThat(count()).isEqualTo("13");
    }

    @Test
    void connectionThatDiesInTheMiddleOfABatchIsMendedAndNothingIsLost() throws Exception {
        whileLocked(() -> {
            writer.write(total("a", "1", true), total("b", "2", true), total("c", "3", true), total("d", "4", true));
            awaitBusyWriter();
            Queries.rows(database.access(), "SELECT pg_terminate_backend(pid) " + BUSY_WRITERS);
        });
        writer.flush();

        assertThat(Queries.rows(
                        database.access(), "SELECT customer_id, quantity FROM usage_hourly ORDER BY customer_id"))
                .containsExactly("a 1", "b 2", "c 3", "d 4");
        assertThat(Queries.rows(database.access(), "SELECT sum(amount) FROM ledger_entry"))
                .containsExactly("10");
    }

    @Test
    void whatALostConnectionStillHoldsIsRefusedOnceTheNewOneHasWritten() throws Exception {
        writer.write(total("acme", "1", true)).flush();
        String ofTheLost = epochOf("acme");
        cutEveryConnection();
        writer.write(total("acme", "2", true)).flush();

        assertThatThrownBy(() -> writeAs(ofTheLost, total("acme", "1", true))).hasMessageContaining("is fenced");
        assertThat(count()).isEqualTo("1");
    }

    @Test
    void writerThatConnectsAgainStaysBehindItsSuccessor() throws Exception {
        try (WriterRig successor = new WriterRig(database.access())) {
            successor.write(total("acme", "9", true)).flush();
            for (int i = 0; i < 3; i++) {
                writer.write(total("own " + i, "1", true)).flush();
                cutEveryConnection();
            }
            writer.write(total("acme", "7", true));

            assertThatThrownBy(writer::flush).hasMessageContaining("is fenced");
        }
    }

    @Test
    void databaseThatStaysAwayFailsTheTaskAndSaysWhy() throws Exception {
        database.close();
        writer.write(total("a", "1", true));

        assertThatThrownBy(writer::flush)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot write usage_hourly")
                .hasCauseInstanceOf(SQLException.class);
        assertThatThrownBy(() -> writer.write(total("b", "1", true))).hasMessageContaining("cannot write usage_hourly");
        assertThatThrownBy(writer::flush).hasMessageContaining("cannot write usage_hourly");
        assertThatThrownBy(() -> new WriterRig(database.access())).hasMessageContaining("cannot connect");
    }

    @Test
    void fenceRefusesAWriterOfAnEarlierAttemptAtOnce() throws Exception {
        try (WriterRig successor = new WriterRig(database.access())) {
            successor.write(total("acme", "9", true)).flush();
        }
        writer.write(total("acme", "7", true), total("bolt", "7", true));

        IOException refusal = catchThrowableOfType(IOException.class, writer::flush);

        assertThat(refusal).hasMessageContaining("is fenced");
        assertThat(Queries.rows(database.access(), "SELECT customer_id, quantity FROM usage_hourly"))
                .as("a batch is written whole or not at all")
                .containsExactly("acme 9");
    }

    @Test
    void refusalIsNotTriedAgain() throws Exception {
        Queries.execute(
                database.access(),
                """
                CREATE SEQUENCE attempt_seq
                """,
                """
                CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    PERFORM nextval('attempt_seq');
                    RAISE EXCEPTION 'writer epoch 1 is fenced';
                END
                $$
                """,
                "CREATE TRIGGER refuse BEFORE INSERT ON usage_hourly FOR EACH STATEMENT EXECUTE FUNCTION refuse()");
        writer.write(total("acme", "7", true));

        assertThatThrownBy(writer::flush).hasMessageContaining("is fenced");
        assertThat(Queries.rows(database.access(), "SELECT last_value FROM attempt_seq"))
                .containsExactly("1");
    }

    @Test
    void otherFailuresAreTriedThreeTimesAgain() throws Exception {
        Queries.execute(
                database.access(),
                "CREATE SEQUENCE attempt_seq",
                """
                CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    PERFORM nextval('attempt_seq');
                    RAISE EXCEPTION 'deadlock detected' USING ERRCODE = '40P01';
                END
                $$
                """,
                "CREATE TRIGGER fail BEFORE INSERT ON usage_hourly FOR EACH STATEMENT EXECUTE FUNCTION fail()");
        writer.write(total("acme", "7", true));

        assertThatThrownBy(writer::flush).hasMessageContaining("deadlock detected");
        assertThat(Queries.rows(database.access(), "SELECT last_value FROM attempt_seq"))
                .containsExactly("4");
    }

    @Test
    void closingEndsAStatementThatHangs() throws Exception {
        whileLocked(() -> {
            writer.write(total("a", "1", true), total("b", "2", true), total("c", "3", true));
            awaitBusyWriter();
            long begun = System.nanoTime();

            writer.close();

            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(4));
            awaitEndOfThread();
        });
    }

    @Test
    void closingEndsTheThreadAndTheConnection() throws Exception {
        writer.write(total("a", "1", true)).flush();

        writer.close();

        awaitEndOfThread();
        await().untilAsserted(
                        () -> assertThat(Queries.rows(database.access(), """
                        SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'
                            AND datname = current_database() AND pid <> pg_backend_pid()
                        """)).containsExactly("0"));
    }

    private static void awaitEndOfThread() {
        await().untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .doesNotContain("write-usage_hourly"));
    }

    private void awaitBusyWriter() {
        await().untilAsserted(() -> assertThat(Queries.rows(database.access(), "SELECT count(*) " + BUSY_WRITERS))
                .isEqualTo(List.of("1")));
    }

    private void cutEveryConnection() throws SQLException {
        Queries.rows(database.access(), """
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE pid <> pg_backend_pid() AND datname = current_database() AND backend_type = 'client backend'
                """);
    }

    private String epochOf(String customer) throws SQLException {
        return Queries.rows(
                        database.access(),
                        "SELECT writer_epoch FROM usage_hourly WHERE customer_id = '" + customer + "'")
                .get(0);
    }

    private void writeAs(String epoch, HourlyTotal total) throws SQLException {
        try (Connection connection = database.access().connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SET tallymark.writer_epoch = " + epoch);
            UsageTable.write(connection, List.of(total));
        }
    }

    private String count() throws SQLException {
        return Queries.rows(database.access(), "SELECT count(*) FROM usage_hourly")
                .get(0);
    }

    private interface Steps {
        void run() throws Exception;
    }

    /** Keeps everybody from writing the table meanwhile; reading goes on. */
    private void whileLocked(Steps steps) throws Exception {
        try (Connection connection = database.access().connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("LOCK TABLE usage_hourly IN EXCLUSIVE MODE");
            steps.run();
        }
    }
}
