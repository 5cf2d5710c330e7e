package io.tallymark.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.tallymark.embedded.EmbeddedDatabase;
import io.tallymark.embedded.ListenPort;
import io.tallymark.embedded.WorkDirectory;
import io.tallymark.usage.BillingHour;
import io.tallymark.usage.HourlyTotal;
import io.tallymark.usage.UsageKey;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The upsert and its fence on a real database, through the writer's own connections. */
class UsageTableIT {
    private static final BillingHour HOUR = BillingHour.containing(Instant.parse("2026-03-01T12:00:00Z"));
    private static final UsageKey KEY = new UsageKey("tokens", "acme", "{}");

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
        Queries.execute(database.access(), "DELETE FROM usage_hourly");
        writer = new FencedConnection(database.access());
    }

    @AfterEach
    void close() {
        writer.close();
    }

    @Test
    void writesARow() throws SQLException {
        write(writer, total("12.5", 1, true));

        assertThat(rows()).containsExactly("12.5 1 t");
    }

    @Test
    void writingTwiceLeavesOneRow() throws SQLException {
        write(writer, total("12.5", 1, true));
        write(writer, total("12.5", 1, true));

        assertThat(rows()).containsExactly("12.5 1 t");
    }

    @Test
    void openTotalReplacesAnOpenOne() throws SQLException {
        write(writer, total("5", 0, false));
        write(writer, total("7", 0, false));

        assertThat(rows()).containsExactly("7 0 f");
    }

    @Test
    void closedTotalReplacesAnOpenOne() throws SQLException {
        write(writer, total("5", 0, false));
        write(writer, total("7", 1, true));

        assertThat(rows()).containsExactly("7 1 t");
    }

    @Test
    void openTotalNeverReplacesAClosedOne() throws SQLException {
        write(writer, total("7", 1, true));
        write(writer, total("5", 0, false));

        assertThat(rows()).containsExactly("7 1 t");
    }

    @Test
    void closedTotalReplacesAClosedOneEvenWithALowerRevision() throws SQLException {
        write(writer, total("7", 5, true));
        write(writer, total("9", 1, true));

        assertThat(rows()).containsExactly("9 1 t");
    }

    @Test
    void writerOfAnEarlierAttemptIsRefused() throws SQLException {
        writer.live();
        try (FencedConnection successor = new FencedConnection(database.access())) {
            write(successor, total("9", 1, true));

            assertThatThrownBy(() -> write(writer, total("7", 1, true)))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("is fenced");
            assertThat(rows()).containsExactly("9 1 t");
        }
    }

    @Test
    void writerOfALaterAttemptTakesOver() throws SQLException {
        write(writer, total("9", 1, true));
        try (FencedConnection successor = new FencedConnection(database.access())) {
            write(successor, total("7", 1, true));
        }

        assertThat(rows()).containsExactly("7 1 t");
    }

    @Test
    void reconnectKeepsTheEpochSoThatAZombieCannotClimbOverItsSuccessor() throws SQLException {
        writer.live();
        try (FencedConnection successor = new FencedConnection(database.access())) {
            write(successor, total("9", 1, true));
        }
        writer.drop();

        assertThatThrownBy(() -> write(writer, total("7", 1, true))).hasMessageContaining("is fenced");
    }

    @Test
    void connectionThatTheServerCutIsReplaced() throws SQLException {
        write(writer, total("7", 1, true));
        Queries.execute(database.access(), """
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE pid <> pg_backend_pid() AND datname = current_database() AND backend_type = 'client backend'
                """);

        write(writer, total("8", 2, true));

        assertThat(rows()).containsExactly("8 2 t");
    }

    @Test
    void connectionWithoutAnEpochIsNeverHandedOut() throws SQLException {
        Queries.execute(database.access(), "ALTER SEQUENCE writer_epoch_seq RENAME TO hidden_seq");
        try {
            assertThatThrownBy(writer::live).hasMessageContaining("writer_epoch_seq");
            assertThatThrownBy(writer::live).hasMessageContaining("writer_epoch_seq");
        } finally {
            Queries.execute(database.access(), "ALTER SEQUENCE hidden_seq RENAME TO writer_epoch_seq");
        }
        write(writer, total("7", 1, true));
        assertThat(rows()).containsExactly("7 1 t");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'; DROP TABLE usage_hourly; --",
                "<script>alert(1)</script>",
                "quote \" and ' and \\ and ? and $1 and :name",
                "line\nbreak\r\n\ttab\u0001",
                "新規顧客 👩‍👩‍👧 \uD83D\uDE00 e\u0301 \u202E",
                " ",
                "\uFFFD\uFFFF\uFEFF"
            })
    void anyTextArrivesByteForByte(String text) throws SQLException {
        String dimensions =
                JsonNodeFactory.instance.objectNode().put("model", text).toString();
        UsageKey key = new UsageKey("tokens", text, dimensions);
        write(writer, new HourlyTotal(key, HOUR.epochHour(), BigDecimal.ONE, 1, 2, 3, 0, 1, true));

        assertThat(Queries.rows(database.access(), "SELECT customer_id FROM usage_hourly"))
                .containsExactly(text);
        assertThat(Queries.rows(database.access(), "SELECT dimensions ->> 'model' FROM usage_hourly"))
                .containsExactly(text);
    }

    @Test
    void longestKeyFitsTheIndexEvenWhenItCannotBeCompressed() throws SQLException {
        Random random = new Random(1);
        UsageKey key = new UsageKey(
                "m".repeat(100), ideographs(random, 255), "{\"model\":\"" + ideographs(random, 337) + "\"}");
        write(writer, new HourlyTotal(key, HOUR.epochHour(), BigDecimal.ONE, 1, 2, 3, 0, 1, true));

        assertThat(rows()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "1E+2",
                "1E+19",
                "99999999999999999999.999999999999999999",
                "0.000000000000000001",
                "123456789012345678901234567890.5",
                "99999999999999999999999999999999999999",
                "-0.99999999999999999999999999999999999999",
                "-0",
                "-3.25",
                "0.30"
            })
    void quantityIsExact(String quantity) throws SQLException {
        write(writer, total(quantity, 1, true));

        List<String> stored = Queries.rows(database.access(), "SELECT quantity FROM usage_hourly");
        assertThat(new BigDecimal(stored.get(0))).isEqualByComparingTo(quantity);
    }

    @Test
    void digestCountAndHourAreStoredAsTheyAre() throws SQLException {
        write(
                writer,
                new HourlyTotal(KEY, HOUR.epochHour(), BigDecimal.ONE, Long.MAX_VALUE, Long.MIN_VALUE, -1, 0, 1, true));

        assertThat(Queries.rows(database.access(), """
                        SELECT encode(digest, 'hex'), event_count, extract(epoch FROM period_start)::bigint FROM usage_hourly
                        """))
                .containsExactly("8000000000000000ffffffffffffffff " + Long.MAX_VALUE + " "
                        + HOUR.start().getEpochSecond());
    }

    @Test
    void replacedRowIsReplacedWhole() throws SQLException {
        write(writer, new HourlyTotal(KEY, HOUR.epochHour(), BigDecimal.ONE, 1, 2, 3, 0, 1, true));
        write(writer, new HourlyTotal(KEY, HOUR.epochHour(), BigDecimal.TEN, 4, 5, 6, 0, 2, true));

        assertThat(Queries.rows(
                        database.access(),
                        "SELECT quantity, event_count, encode(digest, 'hex'), revision FROM usage_hourly"))
                .containsExactly("10 4 00000000000000050000000000000006 2");
    }

    @Test
    void ledgerFollowsTheClosedTotal() throws SQLException {
        UsageKey key = new UsageKey("followed", "acme", "{}");
        for (String quantity : List.of("10", "12.5", "12.5", "4")) {
            write(writer, new HourlyTotal(key, HOUR.epochHour(), new BigDecimal(quantity), 1, 0, 0, 0, 1, true));
        }

        assertThat(Queries.rows(
                        database.access(),
                        "SELECT amount FROM ledger_entry WHERE metric = 'followed' ORDER BY entry_id"))
                .containsExactly("10", "2.5", "-8.5");
    }

    private static String ideographs(Random random, int length) {
        StringBuilder text = new StringBuilder();
        random.ints(length, 0x4E00, 0x9FFF).forEach(text::appendCodePoint);
        return text.toString();
    }

    private static HourlyTotal total(String quantity, int revision, boolean closed) {
        return new HourlyTotal(KEY, HOUR.epochHour(), new BigDecimal(quantity), 1, 2, 3, 0, revision, closed);
    }

    private static void write(FencedConnection provider, HourlyTotal total) throws SQLException {
        UsageTable.write(provider.live(), List.of(total));
    }

    private static List<String> rows() throws SQLException {
        return Queries.rows(database.access(), "SELECT quantity, revision, closed FROM usage_hourly");
    }
}
