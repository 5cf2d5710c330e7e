package io.tallymark.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.report.FakeStripe.Fault;
import io.tallymark.usage.UsageReport;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/** What is told of an hour, and in which order: the reporter's steps against a real database and a Stripe that remembers. */
class ReportingTest extends ReportingFixture {
    @Test
    void closedHourReachesStripeOnceAndIsPosted() throws SQLException {
        database.total(TOKENS, "12.50");

        reporter.drain();

        assertThat(stripe.calls()).hasSize(1).first().satisfies(event -> {
            assertThat(event.target()).isEqualTo("tokens");
            assertThat(event.stripeCustomerId()).isEqualTo("cus_acme");
            assertThat(event.value()).isEqualTo("12.5");
            assertThat(event.timestamp()).isEqualTo(THREE_AGO);
        });
        assertThat(reports()).containsExactly("1, accepted, 12.5, 12.5, 1");
        assertThat(database.balance("tokens", "reported")).isEqualByComparingTo("12.5");
        assertThat(database.balance("tokens", "unreported")).isZero();
        assertNothingIsLeft();
    }

    @Test
    void dimensionsAreSummedForStripe() throws SQLException {
        database.total(TOKENS, "{\"model\": \"a\"}", "5", true);
        database.total(TOKENS, "{\"model\": \"b\"}", "6", true);

        reporter.drain();

        assertThat(stripe.calls()).extracting(UsageReport::value).containsExactly(new BigDecimal("11"));
    }

    @Test
    void revisionSendsTheNewTotalOrTheSignedDifference() throws SQLException {
        database.total(TOKENS, "5");
        database.total(CALLS, "5");
        reporter.drain();
        database.total(TOKENS, "3");
        database.total(CALLS, "3");
        reporter.drain();

        assertThat(sent("tokens")).containsExactly("5", "3");
        assertThat(sent("raw_calls")).containsExactly("5", "-2");
        assertStripeEqualsTable();
    }

    @Test
    void totalThatFallsToZeroIsTold() throws SQLException {
        database.total(TOKENS, "5");
        database.total(CALLS, "5");
        reporter.drain();
        database.total(TOKENS, "0");
        database.execute("DELETE FROM usage_hourly WHERE metric = 'calls'");
        reporter.drain();

        assertThat(sent("tokens")).containsExactly("5", "0");
        assertThat(sent("raw_calls")).containsExactly("5", "-5");
        assertThat(database.balance("tokens", "reported")).isZero();
        assertNothingIsLeft();
    }

    @Test
    void changeThatIsTakenBackBeforeTheClaimIsNotSent() throws SQLException {
        database.total(TOKENS, "5");
        reporter.drain();
        database.total(TOKENS, "6");
        database.total(TOKENS, "5.00");
        reporter.drain();

        assertThat(sent("tokens")).containsExactly("5");
        assertNothingIsLeft();
    }

    @Test
    void changeDuringTheCallIsReportedNext() throws SQLException {
        database.total(CALLS, "5");
        ClaimedReport claim = reporter.claim().get(0);
        ReportOutcome outcome = reporter.call(claim).orElseThrow();
        database.total(CALLS, "8");
        reporter.record(outcome);
        reporter.drain();

        assertThat(sent("raw_calls")).containsExactly("5", "3");
        assertStripeEqualsTable();
    }

    @Test
    void resumedReportDoesNotClearANewerTotal() throws SQLException {
        database.total(CALLS, "5");
        stripe.failNext(Fault.LOST_AFTER_STRIPE);
        reporter.tick();
        database.total(CALLS, "7");
        database.letLeasesRunOut();
        reporter.drain();

        assertThat(sent("raw_calls")).containsExactly("5", "5", "2");
        assertStripeEqualsTable();
        assertNothingIsLeft();
    }

    @Test
    void hoursOfALaneGoOneByOneOldestFirst() throws SQLException {
        database.total(DueHour.of("tokens", "acme", TestDatabase.hoursAgo(1)), "1");
        database.total(DueHour.of("tokens", "acme", TestDatabase.hoursAgo(5)), "5");
        database.total(TOKENS, "3");

        assertThat(reporter.tick()).isEqualTo(1);
        assertThat(reporter.tick()).isEqualTo(1);
        assertThat(reporter.tick()).isEqualTo(1);

        assertThat(sent("tokens")).containsExactly("5", "3", "1");
    }

    @Test
    void olderHourDoesNotOvertakeACallInFlight() throws SQLException {
        database.total(TOKENS, "3");
        assertThat(reporter.claim()).hasSize(1);
        database.total(DueHour.of("tokens", "acme", TestDatabase.hoursAgo(5)), "5");

        assertThat(reporter.claim()).isEmpty();
    }

    @Test
    void lanesOfDifferentCustomersAndMetersGoTogether() throws SQLException {
        map("zeta");
        database.total(TOKENS, "1");
        database.total(CALLS, "2");
        database.total(DueHour.of("tokens", "zeta", THREE_AGO), "3");

        assertThat(reporter.tick()).isEqualTo(3);
    }

    @Test
    void changeThatCommitsDuringALookStaysOnTheListAlthoughItsNumberIsLower() throws SQLException {
        database.execute(
                "INSERT INTO report_due (due_id, metric, customer_id, period_start, queued) OVERRIDING SYSTEM VALUE"
                        + " VALUES (-2, 'calls', 'acme', ?, false), (-1, 'calls', 'acme', ?, true)",
                THREE_AGO,
                THREE_AGO);
        try (Connection connection = database.access().connect()) {
            DueTable.settle(connection, CALLS, -1);
        }

        assertThat(database.texts("SELECT due_id FROM report_due")).containsExactly("-2");
    }
}
