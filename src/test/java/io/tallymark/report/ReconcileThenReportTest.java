package io.tallymark.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.reconcile.Kind;
import io.tallymark.reconcile.ReconcileSettings;
import io.tallymark.reconcile.Reconciled;
import io.tallymark.reconcile.Reconciliation;
import io.tallymark.reconcile.Reconciliation.Repairs;
import io.tallymark.reconcile.Scope;
import io.tallymark.usage.ReportMode;
import io.tallymark.usage.UsageQuestion;
import io.tallymark.usage.UsageReport;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Stripe loses or doubles, reconciliation finds and corrects it, the ordinary reporter tells the rest: Stripe is the table again. */
class ReconcileThenReportTest {
    private static final Instant FIRST = TestDatabase.hoursAgo(5);
    private static final Instant SECOND = TestDatabase.hoursAgo(4);
    private static final Repairs REPAIRS = new Repairs(true, false);

    private final FakeStripe stripe = new FakeStripe();
    private TestDatabase database;
    private Reconciliation reconciliation;

    @BeforeEach
    void open() throws SQLException {
        database = new TestDatabase();
        database.execute(
                "INSERT INTO billing_customer VALUES ('acme', 'cus_acme', ?, 'month')", TestDatabase.hoursAgo(48));
        database.execute("INSERT INTO billing_item VALUES ('acme', 'calls', 'calls', '2020-01-01T00:00Z')");
        // Fresh acceptances are judged at once.
        reconciliation = Reconciliation.open(
                new ReconcileSettings(database.access(), true, 2, Duration.ZERO, Duration.ZERO), stripe);
    }

    @AfterEach
    void close() throws SQLException {
        reconciliation.close();
        database.close();
    }

    @ParameterizedTest
    @EnumSource(ReportMode.class)
    void whatArrivedIsConfirmed(ReportMode mode) throws SQLException {
        try (Reporter reporter = told(mode)) {
            assertThat(reconcile(Repairs.NONE).isInOrder()).isTrue();
            assertThat(database.count("stripe_report WHERE state = 'confirmed'"))
                    .isEqualTo(2);

            database.total(hour(FIRST), "4");
            reporter.drain();

            assertThat(reconcile(Repairs.NONE).confirmed())
                    .as("a correction downwards")
                    .isEqualTo(1);
            assertStripeEqualsTable(mode);
        }
    }

    @ParameterizedTest
    @EnumSource(ReportMode.class)
    void whatStripeLostIsToldAnew(ReportMode mode) throws SQLException {
        try (Reporter reporter = told(mode)) {
            lose(mode);

            assertThat(reconcile(REPAIRS))
                    .returns(1L, Reconciled::repaired)
                    .satisfies(result -> assertThat(result.kinds()).containsKey(Kind.LOST));
            assertThat(reconcile(REPAIRS).repaired())
                    .as("before the reporter came")
                    .isZero();
            reporter.drain();

            assertStripeEqualsTable(mode);
            assertEverythingAgrees();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = ReportMode.class,
            names = {"DELTA", "USAGE_RECORD_INCREMENT"})
    void whatStripeDoubledIsTakenBack(ReportMode mode) throws SQLException {
        try (Reporter reporter = told(mode)) {
            stripe.count("calls", "cus_acme", FIRST, "5");

            assertThat(reconcile(REPAIRS).kinds()).containsKey(Kind.DOUBLED);
            reporter.drain();

            assertStripeEqualsTable(mode);
            assertEverythingAgrees();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = ReportMode.class,
            names = {"HOURLY_TOTAL", "PERIOD_TOTAL", "USAGE_RECORD_SET"})
    void whatOthersOverwroteIsOverwrittenAgain(ReportMode mode) throws SQLException {
        try (Reporter reporter = told(mode)) {
            stripe.count("calls", "cus_acme", lastTimestamp(), "0.5");

            assertThat(reconcile(REPAIRS).kinds()).containsKey(Kind.FOREIGN_WRITER);
            reporter.drain();

            assertStripeEqualsTable(mode);
            assertEverythingAgrees();
        }
    }

    @Test
    void periodTotalThatOthersOverwroteLaterThanOursIsOverwrittenAgain() throws SQLException {
        try (Reporter reporter = told(ReportMode.PERIOD_TOTAL)) {
            stripe.count("calls", "cus_acme", lastTimestamp().plus(Duration.ofHours(2)), "0.5");

            assertThat(reconcile(REPAIRS).kinds()).containsKey(Kind.FOREIGN_WRITER);
            reporter.drain();

            assertStripeEqualsTable(ReportMode.PERIOD_TOTAL);
            assertEverythingAgrees();
            database.total(hour(TestDatabase.hoursAgo(1)), "2");
            reporter.drain();
            assertStripeEqualsTable(ReportMode.PERIOD_TOTAL);
        }
    }

    @Test
    void whatOthersAddedToARawMeterIsTakenBackOnDemand() throws SQLException {
        try (Reporter reporter = told(ReportMode.DELTA)) {
            stripe.count("calls", "cus_acme", SECOND, "0.5");

            assertThat(reconcile(REPAIRS).repaired()).isZero();
            assertThat(reconcile(new Repairs(true, true)).repaired()).isEqualTo(1);
            reporter.drain();

            assertStripeEqualsTable(ReportMode.DELTA);
            assertEverythingAgrees();
        }
    }

    @Test
    void ambiguousReportIsToldAsThePersonSays() throws SQLException {
        try (Reporter reporter = told(ReportMode.DELTA)) {
            database.total(hour(FIRST), "9");
            ReportOutcome outcome = reporter.call(reporter.claim().get(0)).orElseThrow();
            database.execute(
                    "UPDATE stripe_report SET state = 'ambiguous', doubted_at = report_now() WHERE identifier = ?",
                    outcome.claim().report().identifier());
            database.execute("UPDATE report_due SET waiting_for = 'ambiguous: by test', queued = true");
            database.letLeasesRunOut();
            reporter.drain();
            assertThat(reconcile(REPAIRS).kinds()).containsKey(Kind.AMBIGUOUS);

            reconciliation.resolve(outcome.claim().report().identifier(), true);
            reporter.drain();

            assertStripeEqualsTable(ReportMode.DELTA);
            assertEverythingAgrees();
        }
    }

    @Test
    void whatStripeLostIsToldToWhomItWasTold() throws SQLException {
        try (Reporter reporter = told(ReportMode.DELTA)) {
            lose(ReportMode.DELTA);
            database.execute("UPDATE billing_customer SET stripe_customer_id = 'cus_other'");
            reconcile(REPAIRS);
            reporter.drain();

            assertStripeEqualsTable(ReportMode.DELTA);
            assertThat(stripe.held("calls", "cus_other", FIRST)).isEqualByComparingTo("0");
        }
    }

    private Reporter told(ReportMode mode) throws SQLException {
        Reporter reporter = new Reporter(
                Reporter.settings(database, CustomerMapping.TABLE, Reporter.meter("calls", "calls", mode)), stripe);
        reporter.claim();
        database.total(hour(FIRST), "5");
        database.total(hour(SECOND), "3");
        reporter.drain();
        assertThat(stripe.calls()).hasSize(2);
        return reporter;
    }

    /** Of a period total the newest value, otherwise the older hour. */
    private void lose(ReportMode mode) {
        if (mode == ReportMode.PERIOD_TOTAL) {
            stripe.count("calls", "cus_acme", lastTimestamp(), "-3");
        } else {
            stripe.count("calls", "cus_acme", FIRST, "-5");
        }
    }

    private Instant lastTimestamp() {
        List<UsageReport> calls = stripe.calls();
        return calls.get(calls.size() - 1).timestamp();
    }

    private void assertStripeEqualsTable(ReportMode mode) throws SQLException {
        UsageQuestion question = new UsageQuestion(
                mode, "calls", "cus_acme", TestDatabase.hoursAgo(100), TestDatabase.hoursAgo(-1), false);
        assertThat(stripe.held(question).total().orElseThrow())
                .isEqualByComparingTo(database.number("SELECT sum(quantity) FROM usage_hourly"));
        if (mode == ReportMode.HOURLY_TOTAL || mode == ReportMode.DELTA) {
            for (Instant hour : List.of(FIRST, SECOND)) {
                assertThat(stripe.held("calls", "cus_acme", hour))
                        .isEqualByComparingTo(
                                database.number("SELECT quantity FROM usage_hourly WHERE period_start = ?", hour));
            }
        }
    }

    private void assertEverythingAgrees() throws SQLException {
        Reconciled result = reconcile(REPAIRS);
        assertThat(result.kinds()).containsOnlyKeys(Kind.OK);
        assertThat(result.repaired()).isZero();
        assertThat(result.isBalanced()).isTrue();
        assertThat(result.accounts().getOrDefault("unreported", BigDecimal.ZERO))
                .isZero();
        assertThat(database.count("stripe_report WHERE state = 'accepted'")).isZero();
        assertThat(database.count("reconcile_finding WHERE resolved_at IS NULL"))
                .isZero();
        assertThat(database.count("report_due")).isZero();
        assertThat(stripe.contradictions()).isEmpty();
    }

    private Reconciled reconcile(Repairs repairs) throws SQLException {
        return reconciliation.run(Scope.ALL, repairs, 50, (done, all) -> {});
    }

    private static DueHour hour(Instant start) {
        return DueHour.of("calls", "acme", start);
    }
}
