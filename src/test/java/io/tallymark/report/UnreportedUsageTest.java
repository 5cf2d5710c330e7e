package io.tallymark.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.database.Database;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What metrics say of usage that Stripe does not know. */
class UnreportedUsageTest {
    private static final DueHour HOUR = DueHour.of("tokens", "acme", TestDatabase.hoursAgo(3));
    private static final DueHour EARLIER = DueHour.of("tokens", "globex", TestDatabase.hoursAgo(30));
    private static final DueHour OTHER = DueHour.of("calls", "acme", TestDatabase.hoursAgo(3));
    private static final Offset<Long> A_MINUTE = Offset.offset(60L);
    private static final int ROWS = Integer.getInteger("rows", 20_000);

    private TestDatabase database;
    private Database pool;

    @BeforeEach
    void open() throws SQLException {
        database = new TestDatabase();
        pool = ReportPool.open(database.access(), 1);
        database.execute("""
                INSERT INTO reported_meter (metric, event_name, mode)
                VALUES ('tokens', 'tokens', 'delta'), ('calls', 'calls', 'delta')
                """);
    }

    @AfterEach
    void close() throws SQLException {
        pool.close();
        database.close();
    }

    @Test
    void nothingDueIsNothing() throws SQLException {
        assertThat(read()).isEqualTo(UnreportedUsage.NOTHING);
    }

    @Test
    void addsUpWhatIsDueByMeter() throws SQLException {
        database.total(HOUR, "12.5");
        database.total(HOUR, "{\"model\":\"a\"}", "1", true);
        database.total(EARLIER, "2");
        database.total(OTHER, "7");

        assertThat(meter("tokens").quantity()).isEqualByComparingTo("15.5");
        assertThat(meter("tokens").hours()).isEqualTo(2);
        assertThat(meter("calls").quantity()).isEqualByComparingTo("7");
    }

    @Test
    void knowsSinceWhenItIsDueAndHowOldItIs() throws SQLException {
        database.total(HOUR, "5");
        database.total(EARLIER, "2");
        database.advance(Duration.ofHours(1));

        UnreportedUsage.OfMeter tokens = meter("tokens");

        assertThat(tokens.dueSeconds()).isCloseTo(Duration.ofHours(1).toSeconds(), A_MINUTE);
        assertThat(tokens.ageSeconds())
                .isBetween(
                        Duration.ofHours(31).toSeconds(), Duration.ofHours(32).toSeconds() + 60);
    }

    @Test
    void leavesOutWhatStripeAcceptedOfADueHour() throws SQLException {
        database.total(HOUR, "5");
        database.execute("""
                INSERT INTO ledger_entry (metric, customer_id, period_start, from_account, to_account, amount, cause)
                VALUES ('tokens', 'acme', ?, 'unreported', 'reported', 4, 'told')
                """, HOUR.start());

        assertThat(meter("tokens").quantity()).isEqualByComparingTo("1");
    }

    @Test
    void hoursThatWaitForSomebodyAreCountedApart() throws SQLException {
        database.total(HOUR, "5");
        database.total(EARLIER, "2");
        database.total(OTHER, "7");
        wait("acme", "tokens", ReportPolicy.WAITING_FOR_CUSTOMER);
        wait("acme", "calls", ReportPolicy.AMBIGUOUS);

        assertThat(read().unmappedHours()).isEqualTo(1);
        assertThat(read().undecidedHours()).isEqualTo(1);
        assertThat(meter("tokens").hours()).as("due all the same").isEqualTo(2);
    }

    @Test
    void hourThatChangedWhileItWaitsIsOneHour() throws SQLException {
        database.total(HOUR, "5");
        database.total(HOUR, "6");
        database.execute("UPDATE report_due SET waiting_for = ?", ReportPolicy.WAITING_FOR_CUSTOMER);

        assertThat(database.count("report_due")).isEqualTo(2);
        assertThat(read().unmappedHours()).isOne();
    }

    @Test
    void hourThatHasNotBegunIsNotDue() throws SQLException {
        database.total(HOUR, "5");
        wait("acme", "tokens", ReportPolicy.WAITING_FOR_START);

        assertThat(read().meters()).isEmpty();
        assertThat(read().undecidedHours()).isZero();
    }

    /** With {@code -Drows=1000000} it also says how long that takes. */
    @Test
    void neitherTableIsReadWhole() throws SQLException {
        database.execute("""
                INSERT INTO report_due (metric, customer_id, period_start)
                SELECT 'tokens', 'c-' || n, date_trunc('hour', now(), 'UTC') FROM generate_series(1, ?) AS n
                """, ROWS);
        database.execute("""
                INSERT INTO ledger_entry (metric, customer_id, period_start, from_account, to_account, amount, cause)
                SELECT 'tokens', 'c-' || n, date_trunc('hour', now(), 'UTC'), 'metered', 'unreported', 1, 'test'
                FROM generate_series(1, ?) AS n
                """, ROWS);
        database.execute("ANALYZE report_due, ledger_entry");

        List<String> plan = database.texts("EXPLAIN (ANALYZE, COSTS OFF) " + UnreportedUsage.DUE);

        System.out.println(ROWS + " rows due: " + String.join("\n", plan));
        assertThat(plan).noneMatch(line -> line.matches(".*Seq Scan on (report_due|ledger_entry).*"));
        assertThat(meter("tokens").hours()).isEqualTo(UnreportedUsage.MOST_ROWS);
    }

    @Test
    void longQueueOfOneMeterHidesNoOther() throws SQLException {
        database.execute("""
                INSERT INTO report_due (metric, customer_id, period_start)
                SELECT 'tokens', 'c-' || n, date_trunc('hour', now(), 'UTC') FROM generate_series(1, ?) AS n
                """, UnreportedUsage.MOST_ROWS + 1);
        database.total(OTHER, "7");

        assertThat(meter("calls").quantity()).isEqualByComparingTo("7");
    }

    private UnreportedUsage read() throws SQLException {
        return pool.inTransaction(UnreportedUsage::read);
    }

    private UnreportedUsage.OfMeter meter(String metric) throws SQLException {
        return read().meters().stream()
                .filter(due -> due.metric().equals(metric))
                .findFirst()
                .orElseThrow();
    }

    private void wait(String customer, String metric, String reason) throws SQLException {
        database.execute(
                "UPDATE report_due SET waiting_for = ? WHERE customer_id = ? AND metric = ?", reason, customer, metric);
    }
}
