package io.tallymark.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the database does by itself when a total changes. */
class UsagePostingTest {
    private static final DueHour HOUR = DueHour.of("tokens", "acme", TestDatabase.hoursAgo(3));

    private TestDatabase database;

    @BeforeEach
    void open() throws SQLException {
        database = new TestDatabase();
        database.execute("INSERT INTO reported_meter (metric, event_name, mode) VALUES ('tokens', 'tokens', 'delta')");
    }

    @AfterEach
    void close() throws SQLException {
        database.close();
    }

    @Test
    void closedTotalIsPostedAndDue() throws SQLException {
        database.total(HOUR, "12.5");

        assertThat(postings()).containsExactly("metered, unreported, 12.5");
        assertThat(database.rows("SELECT metric, customer_id, queued, waiting_for FROM report_due"))
                .containsExactly("tokens, acme, f, null");
    }

    @Test
    void earlyResultIsNobodysDebt() throws SQLException {
        database.total(HOUR, "{}", "7", false);
        database.total(HOUR, "{}", "9", false);

        assertThat(postings()).isEmpty();
        assertThat(database.count("report_due")).isZero();
    }

    @Test
    void closingPostsTheWholeTotalAndARevisionTheDifference() throws SQLException {
        database.total(HOUR, "{}", "7", false);
        database.total(HOUR, "{}", "10", true);
        database.total(HOUR, "{}", "8", true);

        assertThat(postings()).containsExactly("metered, unreported, 10", "metered, unreported, -2");
        assertThat(database.count("report_due")).isEqualTo(2);
    }

    @Test
    void writingTheSameTotalAgainPostsNothing() throws SQLException {
        database.total(HOUR, "10");
        database.total(HOUR, "10.0");

        assertThat(postings()).containsExactly("metered, unreported, 10");
        assertThat(database.count("report_due")).isEqualTo(1);
    }

    @Test
    void dimensionsOfOneStatementArePostedTogether() throws SQLException {
        database.execute("""
                INSERT INTO usage_hourly (metric, customer_id, dimensions, period_start, quantity, event_count, digest, revision,
                    closed, writer_epoch)
                SELECT 'tokens', 'acme', jsonb_build_object('model', model), ?, 5, 1, decode(repeat('00', 16), 'hex'), 1, true, 1
                FROM unnest(ARRAY ['a', 'b', 'c']) AS model
                """, HOUR.start());

        assertThat(postings()).containsExactly("metered, unreported, 15");
    }

    @Test
    void postingSaysThatVoidsTookEventsOut() throws SQLException {
        write("{}", "10", 0, false);
        write("{}", "10", 1, true);
        write("{}", "7", 2, true);
        write("{}", "1", 5, true);
        write("{}", "4", 5, true);

        assertThat(causes())
                .containsExactly(
                        "10, closed total changed, with 1 event withdrawn by a void",
                        "-3, closed total changed, with 1 event withdrawn by a void",
                        "-6, closed total changed, with 3 events withdrawn by voids",
                        "3, closed total changed");
    }

    @Test
    void withdrawalsOfAllDimensionsOfOneStatementAreAddedUp() throws SQLException {
        write("{\"model\": \"a\"}", "10", 0, true);
        write("{\"model\": \"b\"}", "10", 0, true);
        database.execute("UPDATE usage_hourly SET quantity = 0, event_count = 0, withdrawn_count = 2");

        assertThat(causes()).last().isEqualTo("-20, closed total changed, with 4 events withdrawn by voids");
    }

    @Test
    void withdrawalThatChangesNoTotalIsNotPosted() throws SQLException {
        write("{}", "10", 0, true);
        write("{}", "10", 1, true);

        assertThat(causes()).containsExactly("10, closed total changed");
    }

    @Test
    void sessionMayStateTheCause() throws SQLException {
        database.execute("SET tallymark.cause = 'replay 7 found another total'");
        write("{}", "10", 1, true);
        database.execute("RESET tallymark.cause");
        write("{}", "8", 1, true);
        database.execute("DELETE FROM usage_hourly");

        assertThat(causes())
                .containsExactly(
                        "10, replay 7 found another total", "-2, closed total changed", "-8, closed total changed");
    }

    @Test
    void totalThatIsVoidedToZeroIsPostedAndDue() throws SQLException {
        write("{}", "10", 0, true);
        write("{}", "0", 1, true);

        assertThat(postings()).containsExactly("metered, unreported, 10", "metered, unreported, -10");
        assertThat(database.count("report_due")).isEqualTo(2);
    }

    @Test
    void deletingATotalPostsItsNegative() throws SQLException {
        database.total(HOUR, "10");
        database.execute("DELETE FROM usage_hourly");

        assertThat(postings()).containsExactly("metered, unreported, 10", "metered, unreported, -10");
    }

    @Test
    void meterWithoutStripeIsPostedButNeverDue() throws SQLException {
        database.total(DueHour.of("other", "acme", HOUR.start()), "3");

        assertThat(postings()).containsExactly("metered, unreported, 3");
        assertThat(database.count("report_due")).isZero();
    }

    @Test
    void booksAlwaysBalance() throws SQLException {
        database.total(HOUR, "10");
        database.total(HOUR, "4");

        assertThat(database.rows("SELECT account, balance FROM ledger_balance ORDER BY account"))
                .containsExactly("metered, -4", "unreported, 4");
        assertThat(database.number("SELECT sum(balance) FROM ledger_balance")).isZero();
    }

    @Test
    void postingsCannotBeChangedOrTakenAway() throws SQLException {
        database.total(HOUR, "10");

        for (String change :
                List.of("UPDATE ledger_entry SET amount = 1", "DELETE FROM ledger_entry", "TRUNCATE ledger_entry")) {
            assertThatThrownBy(() -> database.execute(change))
                    .as(change)
                    .hasMessageContaining("ledger_entry is append-only");
        }
    }

    @Test
    void tableCannotBeTruncatedPastTheLedger() {
        assertThatThrownBy(() -> database.execute("TRUNCATE usage_hourly")).hasMessageContaining("cannot be truncated");
    }

    @Test
    void whatAnIdentifierSaysCannotBeChanged() throws SQLException {
        database.execute("""
                INSERT INTO stripe_report (identifier, metric, customer_id, period_start, sequence, mode, event_name,
                    stripe_customer_id, value, amount, event_timestamp, state)
                VALUES ('tm-1', 'tokens', 'acme', now(), 1, 'delta', 'tokens', 'cus_1', 5, 5, now(), 'pending')
                """);

        assertThatThrownBy(() -> database.execute("UPDATE stripe_report SET value = 6"))
                .hasMessageContaining("what an identifier says is final");
    }

    @Test
    void writersWithTheSameCustomersInOppositeOrderDoNotWaitForEachOther() throws Exception {
        DueHour other = DueHour.of("tokens", "zeta", HOUR.start());
        ExecutorService pool = Executors.newSingleThreadExecutor();
        try (Connection first = database.writer().connect();
                Connection second = database.writer().connect()) {
            first.setAutoCommit(false);
            second.setAutoCommit(false);
            TestDatabase.write(first, HOUR, "{\"model\": \"a\"}", "1", true);
            TestDatabase.write(second, other, "{\"model\": \"b\"}", "1", true);
            Future<?> crossing = pool.submit(() -> {
                TestDatabase.write(second, HOUR, "{\"model\": \"b\"}", "1", true);
                return null;
            });
            TestDatabase.write(first, other, "{\"model\": \"a\"}", "1", true);
            crossing.get();
            second.commit();
            first.commit();
        } finally {
            pool.shutdownNow();
        }
        assertThat(database.count("report_due")).isEqualTo(4);
    }

    /** As the table's sink does. */
    private void write(String dimensions, String quantity, int withdrawn, boolean closed) throws SQLException {
        database.execute("""
                INSERT INTO usage_hourly (metric, customer_id, dimensions, period_start, quantity, event_count, digest,
                    withdrawn_count, revision, closed, writer_epoch)
                VALUES ('tokens', 'acme', ?::jsonb, ?, ?::numeric, 1, decode(repeat('00', 16), 'hex'), ?, 1, ?, 1)
                ON CONFLICT (metric, customer_id, dimensions, period_start) DO UPDATE SET
                    quantity = EXCLUDED.quantity, withdrawn_count = EXCLUDED.withdrawn_count, closed = EXCLUDED.closed
                """, dimensions, HOUR.start(), quantity, withdrawn, closed);
    }

    private List<String> causes() throws SQLException {
        return database.rows("SELECT amount, cause FROM ledger_entry ORDER BY entry_id");
    }

    private List<String> postings() throws SQLException {
        return database.rows("SELECT from_account, to_account, amount FROM ledger_entry ORDER BY entry_id");
    }
}
