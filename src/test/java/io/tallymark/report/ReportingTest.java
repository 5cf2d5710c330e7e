package io.tallymark.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallymark.report.FakeStripe.Fault;
import io.tallymark.usage.Delivery;
import io.tallymark.usage.ReportMode;
import io.tallymark.usage.UsageReport;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The reporter's steps against a real database and a Stripe that remembers. */
class ReportingTest {
    private static final Instant THREE_AGO = TestDatabase.hoursAgo(3);
    private static final DueHour TOKENS = DueHour.of("tokens", "acme", THREE_AGO);
    private static final DueHour CALLS = DueHour.of("calls", "acme", THREE_AGO);

    private final FakeStripe stripe = new FakeStripe();
    private TestDatabase database;
    private Reporter reporter;

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
    void staleClaimMakesNoCall() throws SQLException {
        database.total(TOKENS, "5");
        ClaimedReport stale = reporter.claim().get(0);
        database.letLeasesRunOut();
        assertThat(reporter.call(stale)).as("its lease is over").isEmpty();
        ClaimedReport fresh = reporter.claim().get(0);

        assertThat(reporter.call(stale)).as("its lane went to another").isEmpty();
        reporter.record(reporter.call(fresh).orElseThrow());
        assertThat(reporter.call(fresh)).as("its report is resolved").isEmpty();
        assertThat(stripe.calls()).hasSize(1);
    }

    @Test
    void lateOutcomeOfALostLaneIsRecordedButDoesNotFreeTheLane() throws SQLException {
        database.total(TOKENS, "5");
        ClaimedReport first = reporter.claim().get(0);
        ReportOutcome late = reporter.call(first).orElseThrow();
        database.letLeasesRunOut();
        ClaimedReport second = reporter.claim().get(0);
        assertThat(second.report()).isEqualTo(first.report());
        database.total(TOKENS, "6");

        reporter.record(late);

        assertThat(reporter.claim()).as("the second claim holds the lane").isEmpty();
        assertThat(reporter.call(second)).as("and finds its report resolved").isEmpty();
        database.letLeasesRunOut();
        reporter.drain();
        assertStripeEqualsTable();
    }

    @Test
    void recordingAnOutcomeTwiceChangesNothing() throws SQLException {
        database.total(CALLS, "5");
        ReportOutcome outcome = reporter.call(reporter.claim().get(0)).orElseThrow();
        reporter.record(outcome);
        reporter.record(outcome);
        reporter.record(new ReportOutcome(outcome.claim(), new Delivery(Delivery.Outcome.REJECTED, "", "late", 0)));

        assertThat(reports()).containsExactly("1, accepted, 5, 5, 1");
        assertThat(database.balance("calls", "reported")).isEqualByComparingTo("5");
        assertNothingIsLeft();
    }

    @Test
    void unmappedCustomerWaitsVisiblyAndGoesOutByItself() throws SQLException {
        DueHour hour = DueHour.of("tokens", "stranger", THREE_AGO);
        database.total(hour, "5");
        reporter.drain();

        assertThat(stripe.calls()).isEmpty();
        assertThat(database.count("stripe_report")).isZero();
        assertThat(waiting()).containsExactly("unmapped");

        map("stranger");
        reporter.drain();
        assertThat(stripe.held("tokens", "cus_stranger", THREE_AGO)).isEqualByComparingTo("5");
        assertNothingIsLeft();
    }

    /** Stripe keeps one total for a customer, meter and hour: that of the second subject would replace the first's. */
    @Test
    void refusesASecondSubjectForAStripeCustomer() throws Exception {
        map("first");

        assertThatThrownBy(() -> database.execute("INSERT INTO billing_customer VALUES ('second', 'cus_first')"))
                .hasMessageContaining("billing_customer_stripe_customer_id_key");
    }

    @Test
    void identityMappingUsesTheSubject() throws SQLException {
        try (Reporter plain =
                new Reporter(Reporter.settings(database, CustomerMapping.IDENTITY, Reporter.TOKENS), stripe)) {
            database.total(DueHour.of("tokens", "cus_direct", THREE_AGO), "5");
            plain.drain();
        }
        assertThat(stripe.held("tokens", "cus_direct", THREE_AGO)).isEqualByComparingTo("5");
    }

    @Test
    void hourStaysWithTheCustomerAndMeterThatKnowIt() throws SQLException {
        database.total(TOKENS, "5");
        reporter.drain();
        database.execute("UPDATE billing_customer SET stripe_customer_id = 'cus_new'");
        try (Reporter changed = new Reporter(
                Reporter.settings(
                        database, CustomerMapping.TABLE, Reporter.meter("tokens", "raw_tokens", ReportMode.DELTA)),
                stripe)) {
            DueHour later = DueHour.of("tokens", "acme", TestDatabase.hoursAgo(2));
            database.total(TOKENS, "7");
            database.total(later, "4");
            changed.drain();

            assertThat(stripe.held("tokens", "cus_acme", THREE_AGO)).isEqualByComparingTo("7");
            assertThat(stripe.held("raw_tokens", "cus_new", THREE_AGO)).isZero();
            assertThat(stripe.held("raw_tokens", "cus_new", later.start())).isEqualByComparingTo("4");
        }
    }

    @Test
    void hourWithAPartAboutToCloseWaitsAMoment() throws SQLException {
        database.total(TOKENS, "{\"model\": \"a\"}", "5", true);
        database.total(TOKENS, "{\"model\": \"b\"}", "6", false);
        reporter.drain();
        assertThat(stripe.calls()).isEmpty();

        database.total(TOKENS, "{\"model\": \"b\"}", "7", true);
        database.letLeasesRunOut();
        reporter.drain();
        assertThat(sent("tokens")).containsExactly("12");
    }

    @Test
    void partThatNeverClosesDoesNotHoldTheRestForEver() throws SQLException {
        database.total(TOKENS, "{\"model\": \"a\"}", "5", true);
        database.total(TOKENS, "{\"model\": \"b\"}", "6", false);
        database.execute("UPDATE report_due SET due_since = report_now() - interval '6 minutes'");
        reporter.drain();

        assertThat(sent("tokens")).containsExactly("5");
    }

    @Test
    void hourOlderThanStripeAcceptsIsWrittenOff() throws SQLException {
        DueHour old = DueHour.of("tokens", "acme", TestDatabase.hoursAgo(36 * 24));
        database.total(old, "5");
        reporter.drain();
        database.total(old, "7");
        reporter.drain();

        assertThat(stripe.calls()).isEmpty();
        assertThat(reports()).containsExactly("1, expired, 5, 5, 0", "2, expired, 7, 2, 0");
        assertThat(database.balance("tokens", "unreportable")).isEqualByComparingTo("7");
        assertThat(database.balance("tokens", "unreported")).isZero();
        assertNothingIsLeft();
    }

    @Test
    void unmappedUsageExpiresToo() throws SQLException {
        DueHour old = DueHour.of("tokens", "stranger", TestDatabase.hoursAgo(36 * 24));
        database.total(old, "5");
        reporter.drain();

        assertThat(database.balance("tokens", "unreportable")).isEqualByComparingTo("5");
        assertNothingIsLeft();
    }

    @Test
    void restartFreesClaimsThatNeverCameToACall() throws SQLException {
        database.total(TOKENS, "5");
        database.total(CALLS, "6");
        List<ClaimedReport> lost = reporter.claim();
        reporter.call(lost.stream()
                .filter(claim -> claim.hour().metric().equals("calls"))
                .findFirst()
                .orElseThrow());
        try (Reporter successor = new Reporter(
                Reporter.settings(database, CustomerMapping.TABLE, Reporter.TOKENS, Reporter.CALLS), stripe)) {
            assertThat(successor.claim())
                    .as("only the one that may be in a call keeps its lease")
                    .extracting(claim -> claim.hour().metric())
                    .containsExactly("tokens");
        }
        for (ClaimedReport claim : lost) {
            if (claim.hour().metric().equals("tokens")) {
                assertThat(reporter.call(claim)).isEmpty();
            }
        }
    }

    @Test
    void concurrencyBoundsTheReportsInFlight() throws SQLException {
        ReportSettings narrow = new ReportSettings(
                database.access(),
                List.of(Reporter.TOKENS),
                CustomerMapping.IDENTITY,
                2,
                100,
                Duration.ofSeconds(1),
                ReportSettings.DEFAULT_LEASE,
                ReportSettings.DEFAULT_CALL_DEADLINE);
        for (int i = 0; i < 5; i++) {
            database.total(DueHour.of("tokens", "customer" + i, THREE_AGO), "1");
        }
        try (Reporter bounded = new Reporter(narrow, stripe)) {
            List<ClaimedReport> inFlight = bounded.claim();
            assertThat(inFlight).hasSize(2);
            assertThat(bounded.claim()).isEmpty();
            bounded.record(bounded.call(inFlight.get(0)).orElseThrow());
            assertThat(bounded.claim()).hasSize(1);
        }
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

    private void aDayPasses() throws SQLException {
        database.advance(Duration.ofHours(24));
        stripe.advance(Duration.ofHours(24));
    }

    private void map(String customer) throws SQLException {
        database.execute("INSERT INTO billing_customer VALUES (?, ?)", customer, "cus_" + customer);
    }

    private List<String> sent(String eventName) {
        return stripe.calls().stream()
                .filter(event -> event.target().equals(eventName))
                .map(event -> event.value().toPlainString())
                .toList();
    }

    private List<String> reports() throws SQLException {
        return database.rows(
                "SELECT sequence, state, value, amount, attempts FROM stripe_report ORDER BY period_start, sequence");
    }

    private List<String> waiting() throws SQLException {
        return database.texts("SELECT waiting_for FROM report_due ORDER BY due_id");
    }

    private void assertStripeEqualsTable() throws SQLException {
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

    private void assertNothingIsLeft() throws SQLException {
        assertThat(database.count("report_due")).as("due").isZero();
        assertThat(database.count("report_lane")).as("lanes").isZero();
        assertThat(database.number("SELECT coalesce(sum(balance), 0) FROM ledger_balance"))
                .as("books")
                .isZero();
    }
}
