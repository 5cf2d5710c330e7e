package io.tallymark.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.report.FakeStripe.Fault;
import io.tallymark.usage.Delivery;
import io.tallymark.usage.UsageReport;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What follows from a call that failed, was refused, or of which nobody knows whether it arrived. */
class OutcomeReportingTest extends ReportingFixture {
    @Test
    void unknownOutcomeRestsAndThenRepeatsTheSameIdentifier() throws SQLException {
        database.total(TOKENS, "5");
        stripe.failNext(Fault.LOST_AFTER_STRIPE);
        reporter.tick();

        assertThat(reporter.claim()).as("rests").isEmpty();
        assertThat(database.rows(
                        "SELECT state, attempts, error, ready_at > now(), claim_id FROM stripe_report, report_lane"))
                .containsExactly("sent, 1, timed out, t, null");
        database.letLeasesRunOut();
        reporter.drain();

        assertThat(stripe.calls())
                .extracting(UsageReport::identifier)
                .hasSize(2)
                .containsOnly(stripe.calls().get(0).identifier());
        assertThat(reports()).containsExactly("1, accepted, 5, 5, 2");
        assertStripeEqualsTable();
    }

    @Test
    void waitThatStripeAskedForIsKept() throws SQLException {
        database.total(TOKENS, "5");
        ClaimedReport claim = reporter.claim().get(0);
        reporter.call(claim);
        reporter.record(new ReportOutcome(claim, new Delivery(Delivery.Outcome.UNKNOWN, "", "429", 600_000)));

        assertThat(database.number("SELECT extract(epoch FROM ready_at - now()) FROM report_lane"))
                .isBetween(new BigDecimal("590"), new BigDecimal("600"));
    }

    @Test
    void rejectionIsKeptVisibleAndNotRepeated() throws SQLException {
        database.total(TOKENS, "5");
        stripe.failNext(Fault.REFUSED);
        reporter.drain();

        assertThat(reports()).containsExactly("1, rejected, 5, 5, 1");
        assertThat(database.texts("SELECT error FROM stripe_report")).containsExactly("400 no such customer");
        assertThat(database.balance("tokens", "unreported")).isEqualByComparingTo("5");
        assertThat(database.balance("tokens", "reported")).isZero();
        assertNothingIsLeft();
    }

    @Test
    void revisionAfterARejectionTellsWhatIsMissing() throws SQLException {
        database.total(CALLS, "5");
        stripe.failNext(Fault.REFUSED);
        reporter.drain();
        database.total(CALLS, "6");
        reporter.drain();

        assertThat(sent("raw_calls")).containsExactly("5", "6");
        assertStripeEqualsTable();
    }

    @Test
    void totalThatStripeMayHoldAlthoughItRefusedItIsToldAgain() throws SQLException {
        database.total(TOKENS, "5");
        reporter.drain();
        database.total(TOKENS, "7");
        stripe.failNext(Fault.LOST_AFTER_STRIPE, Fault.REFUSED);
        reporter.tick();
        database.letLeasesRunOut();
        reporter.drain();
        database.total(TOKENS, "5");
        reporter.drain();

        assertThat(sent("tokens")).containsExactly("5", "7", "7", "5");
        assertStripeEqualsTable();
        assertNothingIsLeft();
    }

    @Test
    void deltaRefusedAfterAnUnknownOutcomeIsReadBack() throws SQLException {
        database.total(CALLS, "5");
        stripe.failNext(Fault.LOST_AFTER_STRIPE, Fault.REFUSED);
        reporter.tick();
        database.letLeasesRunOut();
        reporter.drain();
        assertThat(reports()).as("too early to ask").containsExactly("1, sent, 5, 5, 2");

        database.advance(DoubtRule.SUMMARY_LAG);
        reporter.drain();

        assertThat(sent("raw_calls")).containsExactly("5", "5");
        assertThat(reports()).containsExactly("1, accepted, 5, 5, 2");
        assertStripeEqualsTable();
        assertNothingIsLeft();
    }

    @Test
    void deltaOfUnknownOutcomeIsNeverSentAgainBlindlyAfterADay() throws SQLException {
        database.total(CALLS, "5");
        stripe.failNext(Fault.LOST_AFTER_STRIPE);
        reporter.tick();
        aDayPasses();
        reporter.drain();

        assertThat(sent("raw_calls")).containsExactly("5");
        assertThat(reports()).containsExactly("1, accepted, 5, 5, 1");
        assertStripeEqualsTable();
        assertNothingIsLeft();
    }

    @Test
    void deltaThatNeverArrivedIsToldAnewUnderAnotherIdentifier() throws SQLException {
        database.total(CALLS, "5");
        stripe.failNext(Fault.LOST_BEFORE_STRIPE);
        reporter.tick();
        aDayPasses();
        reporter.drain();

        assertThat(stripe.calls())
                .extracting(UsageReport::identifier)
                .hasSize(2)
                .doesNotHaveDuplicates();
        assertThat(reports()).containsExactly("1, lost, 5, 5, 1", "2, accepted, 5, 5, 1");
        assertStripeEqualsTable();
        assertNothingIsLeft();
    }

    @Test
    void deltaOfWhichTheSummariesTellNothingIsHeldForAPerson() throws SQLException {
        database.total(CALLS, "5");
        DueHour next = DueHour.of("calls", "acme", TestDatabase.hoursAgo(2));
        database.total(next, "1");
        stripe.failNext(Fault.LOST_AFTER_STRIPE);
        reporter.tick();
        stripe.count("raw_calls", "cus_acme", THREE_AGO, "3");
        aDayPasses();
        reporter.drain();

        assertThat(sent("raw_calls")).as("the next hour goes on").containsExactly("5", "1");
        assertThat(waiting()).containsExactly(ReportPolicy.AMBIGUOUS);
        assertThat(reports()).containsExactly("1, ambiguous, 5, 5, 1", "1, accepted, 1, 1, 1");

        database.total(CALLS, "9");
        reporter.drain();
        assertThat(sent("raw_calls"))
                .as("a revision changes nothing about that")
                .containsExactly("5", "1");
        assertThat(waiting()).containsOnly(ReportPolicy.AMBIGUOUS).hasSize(2);
    }

    @Test
    void hourlyTotalOfUnknownOutcomeIsSentAgainAtAnyAge() throws SQLException {
        database.total(TOKENS, "5");
        stripe.failNext(Fault.LOST_AFTER_STRIPE);
        reporter.tick();
        database.total(TOKENS, "6");
        database.advance(Duration.ofHours(30));
        stripe.advance(Duration.ofHours(30));
        database.letLeasesRunOut();
        reporter.drain();

        assertThat(sent("tokens")).containsExactly("5", "5", "6");
        assertStripeEqualsTable();
    }

    @Test
    void senderThatThrowsLeavesTheOutcomeUnknown() throws SQLException {
        database.total(TOKENS, "5");
        FailingSender sender = new FailingSender();
        try (Reporter unlucky =
                new Reporter(Reporter.settings(database, CustomerMapping.TABLE, Reporter.TOKENS), sender)) {
            unlucky.tick();
        }
        assertThat(database.rows("SELECT state, error FROM stripe_report"))
                .containsExactly("sent, sender failed: java.lang.IllegalStateException");
    }
}
