package io.tallymark.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A reporter of two meters and one mapped customer, on a real database and a Stripe that remembers. */
abstract class ReportingFixture {
    static final Instant THREE_AGO = TestDatabase.hoursAgo(3);
    static final DueHour TOKENS = DueHour.of("tokens", "acme", THREE_AGO);
    static final DueHour CALLS = DueHour.of("calls", "acme", THREE_AGO);

    final FakeStripe stripe = new FakeStripe();
    TestDatabase database;
    Reporter reporter;

    @BeforeEach
    void open() throws SQLException {
        database = new TestDatabase();
        reporter = new Reporter(
                Reporter.settings(database, CustomerMapping.TABLE, Reporter.TOKENS, Reporter.CALLS), stripe);
        reporter.claim();
        map("acme");
    }

    @AfterEach
    void close() throws SQLException {
        reporter.close();
        database.close();
    }

    void aDayPasses() throws SQLException {
        database.advance(Duration.ofHours(24));
        stripe.advance(Duration.ofHours(24));
    }

    void map(String customer) throws SQLException {
        database.execute("INSERT INTO billing_customer VALUES (?, ?)", customer, "cus_" + customer);
    }

    List<String> sent(String eventName) {
        return stripe.calls().stream()
                .filter(event -> event.target().equals(eventName))
                .map(event -> event.value().toPlainString())
                .toList();
    }

    List<String> reports() throws SQLException {
        return database.rows(
                "SELECT sequence, state, value, amount, attempts FROM stripe_report ORDER BY period_start, sequence");
    }

    List<String> waiting() throws SQLException {
        return database.texts("SELECT waiting_for FROM report_due ORDER BY due_id");
    }

    void assertStripeEqualsTable() throws SQLException {
        for (DueHour hour : List.of(TOKENS, CALLS)) {
            BigDecimal table = database.number(
                    "SELECT coalesce(sum(quantity), 0) FROM usage_hourly WHERE metric = ?", hour.metric());
            String event = hour.metric().equals("calls") ? "raw_calls" : "tokens";
            assertThat(stripe.held(event, "cus_acme", THREE_AGO))
                    .as(hour.metric())
                    .isEqualByComparingTo(table);
            assertThat(database.balance(hour.metric(), "reported")).isEqualByComparingTo(table);
        }
        assertThat(stripe.contradictions()).isEmpty();
    }

    void assertNothingIsLeft() throws SQLException {
        assertThat(database.count("report_due")).as("due").isZero();
        assertThat(database.count("report_lane")).as("lanes").isZero();
        assertThat(database.number("SELECT coalesce(sum(balance), 0) FROM ledger_balance"))
                .as("books")
                .isZero();
    }
}
