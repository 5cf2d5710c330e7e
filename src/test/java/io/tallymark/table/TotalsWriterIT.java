package io.tallymark.table;

import static io.tallymark.table.WriterRig.total;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.tallymark.embedded.EmbeddedDatabase;
import io.tallymark.embedded.ListenPort;
import io.tallymark.embedded.WorkDirectory;
import io.tallymark.usage.HourlyTotal;
import io.tallymark.usage.UsageKey;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Batches of totals, in the table of a real database. */
class TotalsWriterIT {
    private static final List<String> ODD_TEXTS = List.of(
            "NULL",
            "null",
            "",
            " ",
            "\"NULL\"",
            "{}",
            "{a,b}",
            "{\"a\",\\\"b\\\"}",
            "a,b",
            "'quoted'",
            "\"quoted\"",
            "back\\slash\\",
            "\\\\x41",
            "(1,2)",
            "[0:1]={1,2}",
            "line\nbreak\ttab\u0001",
            "新規 \uD83D\uDE00 e\u0301");

    private static WorkDirectory work;
    private static EmbeddedDatabase database;

    private WriterRig writer;

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
    void open() throws Exception {
        Queries.execute(database.access(), "DELETE FROM usage_hourly");
        writer = new WriterRig(database.access());
    }

    @AfterEach
    void close() {
        writer.close();
    }

    @Test
    void whatWasWrittenIsInTheTableAfterAFlush() throws Exception {
        writer.write(total("acme", "12.5", true)).flush();

        assertThat(rows()).containsExactly("acme 12.5 t");
    }

    @Test
    void fullBatchIsWrittenAtOnce() throws Exception {
        writer.write(total("a", "1", true), total("b", "2", true), total("c", "3", true), total("d", "4", true));

        await().untilAsserted(() -> assertThat(rows()).containsExactly("a 1 t", "b 2 t", "c 3 t"));
    }

    @Test
    void singleTotalIsWrittenASecondLaterWithoutACheckpoint() throws Exception {
        writer.write(total("acme", "12.5", true));
        writer.clock.advance(BatchWriter.LONGEST_WAIT_MILLIS - 1);
        assertThat(writer.clock.getNumActiveTimers()).isOne();

        writer.clock.advance(1);

        assertThat(writer.clock.getNumActiveTimers()).isZero();
        await().untilAsserted(() -> assertThat(rows()).containsExactly("acme 12.5 t"));
    }

    @Test
    void secondsAreCountedAnewForTheNextBatch() throws Exception {
        writer.write(total("a", "1", true));
        writer.clock.advance(BatchWriter.LONGEST_WAIT_MILLIS - 1);
        writer.write(total("b", "2", true), total("c", "3", true), total("d", "4", true));

        assertThat(writer.clock.getActiveTimerTimestamps()).containsExactly(2 * BatchWriter.LONGEST_WAIT_MILLIS - 1);
    }

    @Test
    void rowThatComesTwiceInABatchHasItsLaterTotal() throws Exception {
        writer.write(total("acme", "5", true), total("acme", "7", true)).flush();

        assertThat(rows()).containsExactly("acme 7 t");
    }

    @Test
    void totalOfARunningHourNeverReplacesAClosedOneOfTheSameBatch() throws Exception {
        writer.write(total("acme", "7", true), total("acme", "5", false)).flush();

        assertThat(rows()).containsExactly("acme 7 t");
    }

    @Test
    void totalOfARunningHourNeverReplacesAClosedOneOfAnEarlierBatch() throws Exception {
        writer.write(total("acme", "7", true)).flush();
        writer.write(total("acme", "5", false), total("bolt", "1", false)).flush();

        assertThat(rows()).containsExactly("acme 7 t", "bolt 1 f");
    }

    @Test
    void closedTotalReplacesThatOfARunningHour() throws Exception {
        writer.write(total("acme", "5", false)).flush();
        writer.write(total("acme", "6", false), total("acme", "7", true)).flush();

        assertThat(rows()).containsExactly("acme 7 t");
    }

    @Test
    void batchesOfTheSameRowAreWrittenInTheirOrder() throws Exception {
        for (int i = 1; i <= 40; i++) {
            writer.write(total("a", "" + i, true), total("b", "" + 2 * i, true), total("c", "" + 3 * i, true));
        }
        writer.flush();

        assertThat(rows()).containsExactly("a 40 t", "b 80 t", "c 120 t");
    }

    @Test
    void anyTextArrivesAsItIsInEveryField() throws Exception {
        List<String> expected = new ArrayList<>();
        List<HourlyTotal> totals = new ArrayList<>();
        for (String text : ODD_TEXTS) {
            String dimensions =
                    JsonNodeFactory.instance.objectNode().put("of", text).toString();
            UsageKey key = new UsageKey("m " + text, text, dimensions);
            totals.add(new HourlyTotal(key, WriterRig.HOUR.epochHour(), BigDecimal.ONE, 1, 2, 3, 0, 1, true));
            expected.add(String.join(" ", "m " + text, text, text));
        }
        try (WriterRig one = new WriterRig(database.access(), totals.size())) {
            one.write(totals).flush();
        }

        assertThat(Queries.rows(database.access(), "SELECT metric, customer_id, dimensions ->> 'of' FROM usage_hourly"))
                .containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void valuesOfEachRowStayTogetherAndExact() throws Exception {
        String largest = "9".repeat(38);
        UsageKey key = new UsageKey("tokens", "wide", "{}");
        long hour = WriterRig.HOUR.epochHour();
        writer.write(
                        new HourlyTotal(
                                key, hour, new BigDecimal(largest), Long.MAX_VALUE, Long.MIN_VALUE, -1, 7, 3, true),
                        new HourlyTotal(key, hour + 1, new BigDecimal("-0"), 0, 0, 0, 0, 0, false),
                        new HourlyTotal(key, -1, new BigDecimal("-1E-18"), 5, 1, 2, 6, 9, true))
                .flush();

        assertThat(Queries.rows(database.access(), """
                        SELECT extract(epoch FROM period_start)::bigint / 3600, quantity, event_count, encode(digest, 'hex'),
                            withdrawn_count, revision, closed
                        FROM usage_hourly ORDER BY period_start
                        """))
                .containsExactly(
                        "-1 -0.000000000000000001 5 00000000000000010000000000000002 6 9 t",
                        hour + " " + largest + " " + Long.MAX_VALUE + " 8000000000000000ffffffffffffffff 7 3 t",
                        hour + 1 + " 0 0 00000000000000000000000000000000 0 0 f");
    }

    /** Each would hold rows that the other one waits for, if both did not write them in one order. */
    @Test
    void twoWritersOfTheSameRowsDoNotDeadlock() throws Exception {
        List<HourlyTotal> totals = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            totals.add(WriterRig.total("shared " + i, "1", true));
        }
        // Fewer, so that a hash table would hold them in another order.
        List<HourlyTotal> some = totals.subList(0, 300);

        CompletableFuture<Void> other = CompletableFuture.runAsync(() -> writeOften(some));
        writeOften(totals);

        assertThat(other).succeedsWithin(Duration.ofSeconds(60));
    }

    /** Both with one epoch, as no two attempts have, so that only the order of the rows is at stake. */
    private static void writeOften(List<HourlyTotal> totals) {
        try (Connection connection = database.access().connect();
                PreparedStatement epoch =
                        connection.prepareStatement("SELECT set_config('tallymark.writer_epoch', '1000000', false)")) {
            epoch.execute();
            for (int i = 0; i < 15; i++) {
                TotalsBatch batch = new TotalsBatch();
                totals.forEach(batch::add);
                UsageTable.write(connection, batch.rows());
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> rows() throws SQLException {
        return Queries.rows(
                database.access(), "SELECT customer_id, quantity, closed FROM usage_hourly ORDER BY customer_id");
    }
}
