package io.tallymark.audit.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.reconcile.BooksDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What {@code status} says of reports that will not go out by themselves. */
class UsageReaderTest {
    private static final Instant HOUR = BooksDatabase.hoursAgo(5);

    private BooksDatabase books;

    @BeforeEach
    void open() throws SQLException {
        books = new BooksDatabase();
    }

    @AfterEach
    void close() throws SQLException {
        books.close();
    }

    @Test
    void hourThatStripeRefusedIsAProblemUntilItIsToldAgain() throws SQLException {
        books.total("calls", "acme", HOUR, "5");
        books.report("calls", "acme", HOUR, 1, "delta", "5", "5", "rejected");
        books.report("calls", "acme", next(), 1, "delta", "5", "5", "accepted");

        assertThat(reporting().problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.problem()).contains("the newest report of 1 hour:"));

        books.execute("INSERT INTO report_due (metric, customer_id, period_start) VALUES ('calls', 'acme', ?)", HOUR);
        assertThat(reporting().problems()).as("due").isEmpty();

        books.execute("DELETE FROM report_due");
        books.report("calls", "acme", HOUR, 2, "delta", "5", "5", "accepted");
        assertThat(reporting().problems()).as("told").isEmpty();
    }

    @Test
    void refusedPeriodTotalIsNotMadeGoodByALaterHour() throws SQLException {
        books.total("calls", "acme", HOUR, "5");
        books.report("calls", "acme", HOUR, 1, "period-total", "5", "5", "rejected");
        books.report("calls", "acme", next(), 1, "period-total", "3", "3", "accepted");

        assertThat(reporting().rejectedHours()).isEqualTo(1);
    }

    @Test
    void refusedHourOfWhichNothingIsLeftIsNoProblem() throws SQLException {
        books.total("calls", "acme", HOUR, "0");
        books.report("calls", "acme", HOUR, 1, "delta", "5", "5", "rejected");

        assertThat(reporting().problems()).isEmpty();
    }

    @Test
    void refusedHourWhoseUsageIsBilledWithAnotherOneIsNoProblem() throws SQLException {
        books.total("calls", "acme", HOUR, "5");
        books.report("calls", "acme", HOUR, 1, "delta", "5", "5", "rejected");
        books.execute("""
                INSERT INTO billing_carry (metric, customer_id, from_hour, to_hour, amount, told, cause)
                VALUES ('calls', 'acme', ?, ?, 5, false, 'invoice in_1 finalized')
                """, HOUR, next());

        assertThat(reporting().problems()).isEmpty();
    }

    @Test
    void usageThatBecameTooOldIsAWarning() throws SQLException {
        books.execute("""
                INSERT INTO ledger_entry (metric, customer_id, period_start, from_account, to_account, amount, cause)
                VALUES ('calls', 'acme', ?, 'unreported', 'unreportable', 12.50, 'too old')
                """, HOUR);

        assertThat(reporting().problems()).isEmpty();
        assertThat(reporting().warnings())
                .singleElement()
                .satisfies(warning -> assertThat(warning).startsWith("12.50 of calls (customers: 1) became too old"));
    }

    @Test
    void usageThatCameAfterTheEndOfItsSubscriptionIsSaidToBeThat() throws SQLException {
        books.execute("""
                INSERT INTO ledger_entry (metric, customer_id, period_start, from_account, to_account, amount, cause)
                VALUES ('calls', 'acme', ?, 'unreported', 'unreportable', 1, 'sub_3 canceled'),
                    ('calls', 'initech', ?, 'unreported', 'unreportable', 2, 'sub_4 canceled'),
                    ('calls', 'acme', ?, 'unreported', 'unreportable', 12.50, 'too old to report')
                """, HOUR, HOUR, next());

        assertThat(reporting().warnings())
                .satisfiesExactly(
                        warning -> assertThat(warning)
                                .startsWith("12.50 of calls (customers: 1) became too old for Stripe"),
                        warning -> assertThat(warning)
                                .startsWith(
                                        "3 of calls (customers: 2) came after its hours were billed for good and was written off"
                                                + " (sub_3 canceled and others): bill it by hand if it is owed"));
    }

    private static Instant next() {
        return HOUR.plus(Duration.ofHours(1));
    }

    private Reporting reporting() throws SQLException {
        try (Connection connection = books.access().connect()) {
            return new UsageReader(connection).reporting();
        }
    }
}
