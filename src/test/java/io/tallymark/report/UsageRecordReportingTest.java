package io.tallymark.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.report.FakeStripe.Fault;
import io.tallymark.usage.ReportMode;
import io.tallymark.usage.UsageReport;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Legacy usage records against a real database and a Stripe that remembers; the billing period began two days ago. */
class UsageRecordReportingTest {
    private static final Instant THREE_AGO = TestDatabase.hoursAgo(3);
    private static final DueHour SEATS = DueHour.of("seats", "acme", THREE_AGO);
    private static final DueHour CALLS = DueHour.of("calls", "acme", THREE_AGO);
    private static final DueHour EARLIER_CALLS = DueHour.of("calls", "acme", TestDatabase.hoursAgo(5));

    private final FakeStripe stripe = new FakeStripe();
    private TestDatabase database;
    private Reporter reporter;

    @BeforeEach
    void open() throws SQLException {
        database = new TestDatabase();
        reporter = new Reporter(
                Reporter.settings(
                        database,
                        CustomerMapping.TABLE,
                        Reporter.meter("seats", "seats", ReportMode.USAGE_RECORD_SET),
                        Reporter.meter("calls", "calls", ReportMode.USAGE_RECORD_INCREMENT)),
                stripe);
        reporter.claim();
        database.execute(
                "INSERT INTO billing_customer VALUES ('acme', 'cus_acme', ?, 'month')", TestDatabase.hoursAgo(48));
    }

    @AfterEach
    void close() throws SQLException {
        reporter.close();
        database.close();
    }

    @Test
    void totalIsSetOnTheSubscriptionItem() throws SQLException {
        map("seats", "si_seats");
        database.total(SEATS, "5");
        reporter.drain();

        assertThat(stripe.calls()).hasSize(1).first().satisfies(record -> {
            assertThat(record.mode()).isEqualTo(ReportMode.USAGE_RECORD_SET);
            assertThat(record.target()).isEqualTo("si_seats");
            assertThat(record.value()).isEqualTo("5");
            assertThat(record.timestamp()).isEqualTo(THREE_AGO);
        });
        assertThat(database.balance("seats", "reported")).isEqualByComparingTo("5");
    }

    @Test
    void hourWaitsVisiblyForItsItemAndGoesOutByItself() throws SQLException {
        database.total(SEATS, "5");
        reporter.drain();
        assertThat(stripe.calls()).isEmpty();
        assertThat(database.texts("SELECT waiting_for FROM report_due")).containsExactly("unmapped subscription item");

        map("seats", "si_seats");
        reporter.drain();
        assertThat(stripe.held("si_seats", "cus_acme", THREE_AGO)).isEqualByComparingTo("5");
        assertThat(database.count("report_due")).isZero();
    }

    @Test
    void incrementsTellWhatIsMissingAndADecreaseSetsTheTotal() throws SQLException {
        map("calls", "si_calls");
        for (String total : new String[] {"5", "8", "6"}) {
            database.total(CALLS, total);
            reporter.drain();
        }

        assertThat(stripe.calls())
                .extracting(record -> record.mode().configName() + " " + record.value())
                .containsExactly("usage-record-increment 5", "usage-record-increment 3", "usage-record-set 6");
        assertThat(stripe.held("si_calls", "cus_acme", THREE_AGO)).isEqualByComparingTo("6");
        assertThat(database.balance("calls", "reported")).isEqualByComparingTo("6");
    }

    /** A void of a billed hour is carried to the open period, whose first hours have less than it takes back. */
    @Test
    void whatIsCarriedBelowZeroGoesOnUntilThereIsUsageToTakeItFrom() throws SQLException {
        map("calls", "si_calls");
        Instant first = TestDatabase.hoursAgo(3);
        DueHour second = DueHour.of("calls", "acme", TestDatabase.hoursAgo(2));
        DueHour third = DueHour.of("calls", "acme", TestDatabase.hoursAgo(1));
        database.total(EARLIER_CALLS, "10");
        database.total(CALLS, "2");
        database.total(third, "9");
        reporter.drain();
        database.execute(
                "INSERT INTO billing_seal (customer_id, metric, sealed_before, late, carry_to, cause)"
                        + " VALUES ('acme', 'calls', ?, 'carry', ?, 'in_1')",
                first,
                first);
        database.total(EARLIER_CALLS, "4");
        for (int rounds = 0; rounds < 6; rounds++) {
            reporter.drain();
        }

        assertThat(stripe.held("si_calls", "cus_acme", EARLIER_CALLS.start())).isEqualByComparingTo("10");
        assertThat(stripe.held("si_calls", "cus_acme", first)).isZero();
        assertThat(stripe.held("si_calls", "cus_acme", second.start())).isZero();
        assertThat(stripe.held("si_calls", "cus_acme", third.start())).isEqualByComparingTo("5");
        assertThat(database.count("report_due")).isZero();
        assertThat(database.rows("SELECT sum(balance) FROM ledger_balance")).containsExactly("0");
    }

    @Test
    void setWhoseFailureIsStoredIsToldAnewUnderAnotherIdentifier() throws SQLException {
        map("seats", "si_seats");
        database.total(SEATS, "5");
        stripe.failNext(Fault.FAILED_AFTER_FOR_A_DAY);
        reporter.drain();
        assertThat(stripe.calls()).as("not at once").hasSize(1);
        database.letLeasesRunOut();
        reporter.drain();

        assertThat(stripe.calls())
                .extracting(UsageReport::identifier)
                .hasSize(2)
                .doesNotHaveDuplicates();
        assertThat(reports()).containsExactly("1, lost, 5, 5, 1", "2, accepted, 5, 5, 1");
        assertThat(stripe.held("si_seats", "cus_acme", THREE_AGO)).isEqualByComparingTo("5");
        assertThat(database.balance("seats", "reported")).isEqualByComparingTo("5");
    }

    @Test
    void incrementWhoseFailureIsStoredIsReadBackAfterAnHour() throws SQLException {
        map("calls", "si_calls");
        anHourEarlierAndADoubtedIncrement(Fault.FAILED_AFTER_FOR_A_DAY);
        assertThat(reports()).as("too early to ask").containsExactly("1, accepted, 7, 7, 1", "1, sent, 5, 5, 1");

        anHourPasses();

        assertThat(stripe.calls()).hasSize(2);
        assertThat(reports()).containsExactly("1, accepted, 7, 7, 1", "1, accepted, 5, 5, 1");
        assertThat(database.balance("calls", "reported")).isEqualByComparingTo("12");
    }

    @Test
    void incrementThatNeverArrivedIsToldAnew() throws SQLException {
        map("calls", "si_calls");
        anHourEarlierAndADoubtedIncrement(Fault.FAILED_BEFORE_FOR_A_DAY);
        anHourPasses();

        assertThat(reports()).containsExactly("1, accepted, 7, 7, 1", "1, lost, 5, 5, 1", "2, accepted, 5, 5, 1");
        assertThat(stripe.held("si_calls", "cus_acme", THREE_AGO)).isEqualByComparingTo("5");
    }

    @Test
    void doubtedIncrementIsComparedWithWhatItsOwnItemWasTold() throws SQLException {
        map("calls", "si_calls");
        anHourEarlierAndADoubtedIncrement(Fault.FAILED_AFTER_FOR_A_DAY);
        database.execute("UPDATE billing_item SET subscription_item_id = 'si_new'");
        anHourPasses();

        assertThat(reports()).containsExactly("1, accepted, 7, 7, 1", "1, accepted, 5, 5, 1");
    }

    @Test
    void doubtedIncrementIsReadBackAlthoughItsItemIsNotMappedAnyMore() throws SQLException {
        map("calls", "si_calls");
        anHourEarlierAndADoubtedIncrement(Fault.FAILED_AFTER_FOR_A_DAY);
        database.execute("DELETE FROM billing_item");
        anHourPasses();

        assertThat(reports()).containsExactly("1, accepted, 7, 7, 1", "1, accepted, 5, 5, 1");
    }

    @Test
    void questionThatIsNotAnsweredRestsBeforeItIsPutAgain() throws SQLException {
        map("calls", "si_calls");
        anHourEarlierAndADoubtedIncrement(Fault.FAILED_AFTER_FOR_A_DAY);
        stripe.answerNoQuestions(true);
        anHourPasses();
        long asked = stripe.questions();
        assertThat(asked).isPositive();

        database.advance(Duration.ofSeconds(20));
        reporter.drain();
        assertThat(stripe.questions()).as("not yet").isEqualTo(asked);
        database.advance(Duration.ofSeconds(50));
        stripe.answerNoQuestions(false);
        reporter.drain();
        assertThat(reports()).containsExactly("1, accepted, 7, 7, 1", "1, accepted, 5, 5, 1");
    }

    @Test
    void usageOfAClosedPeriodIsUnreportable() throws SQLException {
        map("seats", "si_seats");
        database.execute("UPDATE billing_customer SET billing_anchor = ?", TestDatabase.hoursAgo(2));
        database.total(SEATS, "5");
        reporter.drain();

        assertThat(stripe.calls()).isEmpty();
        assertThat(reports()).containsExactly("1, expired, 5, 5, 0");
        assertThat(database.balance("seats", "unreportable")).isEqualByComparingTo("5");
        assertThat(database.balance("seats", "unreported")).isZero();
    }

    @Test
    void totalThatIsNotWholeIsHeld() throws SQLException {
        map("seats", "si_seats");
        database.total(SEATS, "5.5");
        reporter.drain();

        assertThat(stripe.calls()).isEmpty();
        assertThat(database.texts("SELECT waiting_for FROM report_due")).containsExactly(TellRule.NOT_WHOLE);
        database.total(SEATS, "6");
        reporter.drain();
        assertThat(stripe.held("si_seats", "cus_acme", THREE_AGO)).isEqualByComparingTo("6");
    }

    @Test
    void doubtedReportThatCannotBeToldAnewIsLeftToAPersonAndTheOthersGoOn() throws SQLException {
        map("seats", "si_seats");
        database.total(SEATS, "5");
        stripe.failNext(Fault.FAILED_AFTER_FOR_A_DAY);
        reporter.drain();
        database.total(SEATS, "5.5");
        database.total(DueHour.of("seats", "acme", TestDatabase.hoursAgo(2)), "3");
        database.letLeasesRunOut();
        reporter.drain();

        assertThat(reports()).containsExactly("1, ambiguous, 5, 5, 1", "1, accepted, 3, 3, 1");
        assertThat(database.texts("SELECT DISTINCT waiting_for FROM report_due"))
                .containsExactly(TellRule.NOT_WHOLE);
    }

    /** Stripe's summaries of an item are of its whole period: 7 of another hour are in them. */
    private void anHourEarlierAndADoubtedIncrement(Fault fault) throws SQLException {
        database.total(EARLIER_CALLS, "7");
        reporter.drain();
        database.total(CALLS, "5");
        stripe.failNext(fault);
        reporter.drain();
    }

    private void anHourPasses() throws SQLException {
        database.advance(DoubtRule.SUMMARY_LAG);
        stripe.advance(DoubtRule.SUMMARY_LAG.plus(Duration.ofSeconds(1)));
        database.letLeasesRunOut();
        reporter.drain();
    }

    private void map(String metric, String item) throws SQLException {
        database.execute("INSERT INTO billing_item VALUES ('acme', ?, ?, '2020-01-01', NULL)", metric, item);
    }

    private List<String> reports() throws SQLException {
        return database.rows(
                "SELECT sequence, state, value, amount, attempts FROM stripe_report ORDER BY period_start, sequence");
    }
}
