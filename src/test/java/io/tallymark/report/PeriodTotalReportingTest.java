package io.tallymark.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.usage.Aggregation;
import io.tallymark.usage.Meter;
import io.tallymark.usage.ReportMode;
import io.tallymark.usage.UsageReport;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Values of a billing period that began two days ago, against a real database and a Stripe that remembers. */
class PeriodTotalReportingTest {
    private static final Instant THREE_AGO = TestDatabase.hoursAgo(3);
    private static final Instant TWO_AGO = TestDatabase.hoursAgo(2);

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
                        meter("sum", Aggregation.SUM),
                        meter("max", Aggregation.MAX),
                        meter("last", Aggregation.LAST)),
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
    void eachHourTellsThePeriodUpToNow() throws SQLException {
        total("sum", THREE_AGO, "5");
        total("sum", TWO_AGO, "3");

        assertThat(calls()).containsExactly("5 at " + THREE_AGO, "8 at " + TWO_AGO);
        assertThat(database.balance("sum", "reported")).isEqualByComparingTo("8");
        assertNothingIsDue();
    }

    @Test
    void lateRevisionOfAnOlderHourIsStampedAfterTheNewest() throws SQLException {
        total("sum", THREE_AGO, "5");
        total("sum", TWO_AGO, "3");
        total("sum", THREE_AGO, "6");
        total("sum", THREE_AGO, "1");

        assertThat(calls())
                .containsExactly(
                        "5 at " + THREE_AGO,
                        "8 at " + TWO_AGO,
                        "9 at " + TWO_AGO.plusSeconds(1),
                        "4 at " + TWO_AGO.plusSeconds(2));
        assertNothingIsDue();
    }

    @Test
    void boundaryOfThePeriodStartsANewSum() throws SQLException {
        database.execute("UPDATE billing_customer SET billing_anchor = ?", TWO_AGO);
        total("sum", THREE_AGO, "5");
        total("sum", TWO_AGO, "3");
        total("sum", THREE_AGO, "6");

        assertThat(calls())
                .as("the old period's correction stays inside it")
                .containsExactly("5 at " + THREE_AGO, "3 at " + TWO_AGO, "6 at " + THREE_AGO.plusSeconds(1));
    }

    @Test
    void largestHourIsTold() throws SQLException {
        total("max", THREE_AGO, "5");
        total("max", TWO_AGO, "3");

        assertThat(calls()).containsExactly("5 at " + THREE_AGO, "5 at " + TWO_AGO);
        assertNothingIsDue();
    }

    @Test
    void largestHourThatBecomesEmptyGivesWayToTheNextLargest() throws SQLException {
        total("max", THREE_AGO, "5");
        total("max", TWO_AGO, "3");
        empty("max", THREE_AGO);

        assertThat(calls()).last().isEqualTo("3 at " + TWO_AGO.plusSeconds(1));
        assertNothingIsDue();
    }

    @Test
    void newestHourThatBecomesEmptyGivesWayToTheOneBefore() throws SQLException {
        total("last", THREE_AGO, "5");
        total("last", TWO_AGO, "3");
        empty("last", TWO_AGO);

        assertThat(calls()).containsExactly("5 at " + THREE_AGO, "3 at " + TWO_AGO, "5 at " + TWO_AGO.plusSeconds(1));
        assertNothingIsDue();
    }

    @Test
    void newestHourOfZeroCountsUntilItBecomesEmpty() throws SQLException {
        total("last", THREE_AGO, "5");
        total("last", TWO_AGO, "0");
        empty("last", TWO_AGO);

        assertThat(calls()).containsExactly("5 at " + THREE_AGO, "0 at " + TWO_AGO, "5 at " + TWO_AGO.plusSeconds(1));
        assertNothingIsDue();
    }

    @Test
    void olderHourDoesNotReplaceTheNewest() throws SQLException {
        total("last", TWO_AGO, "3");
        total("last", THREE_AGO, "5");

        assertThat(calls()).containsExactly("3 at " + TWO_AGO, "3 at " + TWO_AGO.plusSeconds(1));
    }

    @Test
    void sumIsOfWhatTheSameCustomerWasTold() throws SQLException {
        total("sum", THREE_AGO, "5");
        database.execute("UPDATE billing_customer SET stripe_customer_id = 'cus_new'");
        total("sum", TWO_AGO, "3");
        total("sum", THREE_AGO, "6");

        assertThat(stripe.calls())
                .extracting(report -> report.stripeCustomerId() + " " + report.value())
                .containsExactly("cus_acme 5", "cus_new 3", "cus_acme 6");
    }

    @Test
    void announcedTotalThatStripeWouldRefuseForItsAgeIsToldAnew() throws SQLException {
        stripe.failNext(FakeStripe.Fault.LOST_BEFORE_STRIPE);
        database.total(DueHour.of("sum", "acme", THREE_AGO), "5");
        reporter.tick();
        database.advance(Duration.ofDays(36));
        stripe.advance(Duration.ofDays(36));
        reporter.drain();

        assertThat(stripe.calls()).hasSize(2);
        assertThat(stripe.calls().get(1).timestamp())
                .isAfter(THREE_AGO.plus(Duration.ofHours(12)))
                .isBefore(TestDatabase.hoursAgo(48).plus(Duration.ofDays(31)));
        assertThat(database.balance("sum", "reported")).isEqualByComparingTo("5");
        assertNothingIsDue();
    }

    @Test
    void totalAnnouncedAtTheLastMomentIsRepeatedAndNotToldAnewEachTime() throws SQLException {
        database.advance(Duration.ofDays(36));
        stripe.advance(Duration.ofDays(36));
        stripe.failNext(FakeStripe.Fault.LOST_BEFORE_STRIPE);
        database.total(DueHour.of("sum", "acme", THREE_AGO), "5");
        reporter.tick();
        database.advance(Duration.ofMinutes(3));
        stripe.advance(Duration.ofMinutes(3));
        reporter.drain();

        assertThat(stripe.calls())
                .extracting(UsageReport::identifier)
                .hasSize(2)
                .containsOnly(stripe.calls().get(0).identifier());
        assertThat(database.texts("SELECT state FROM stripe_report")).containsExactly("accepted");
        assertNothingIsDue();
    }

    private void total(String metric, Instant hour, String quantity) throws SQLException {
        database.total(DueHour.of(metric, "acme", hour), quantity);
        reporter.drain();
    }

    /** All its events were withdrawn. */
    private void empty(String metric, Instant hour) throws SQLException {
        database.execute(
                "UPDATE usage_hourly SET quantity = 0, event_count = 0 WHERE metric = ? AND period_start = ?",
                metric,
                hour);
        reporter.drain();
    }

    private List<String> calls() {
        return stripe.calls().stream()
                .map(report -> report.value() + " at " + report.timestamp())
                .toList();
    }

    private void assertNothingIsDue() throws SQLException {
        assertThat(database.count("report_due")).isZero();
        assertThat(stripe.contradictions()).isEmpty();
    }

    private static Meter meter(String metric, Aggregation aggregation) {
        return Reporter.meter(metric, metric, ReportMode.PERIOD_TOTAL, aggregation);
    }
}
