package io.tallymark.reconcile;

import static io.tallymark.reconcile.Kind.AMBIGUOUS;
import static io.tallymark.reconcile.Kind.DOUBLED;
import static io.tallymark.reconcile.Kind.FOREIGN_WRITER;
import static io.tallymark.reconcile.Kind.LAG;
import static io.tallymark.reconcile.Kind.LOST;
import static io.tallymark.reconcile.Kind.OK;
import static io.tallymark.reconcile.Kind.REJECTED;
import static io.tallymark.reconcile.Kind.UNKNOWN_CUSTOMER;
import static io.tallymark.reconcile.Kind.UNREADABLE;
import static io.tallymark.reconcile.Kind.UNREPORTED;
import static io.tallymark.usage.ReportMode.DELTA;
import static io.tallymark.usage.ReportMode.HOURLY_TOTAL;
import static io.tallymark.usage.ReportMode.PERIOD_TOTAL;
import static io.tallymark.usage.ReportMode.USAGE_RECORD_INCREMENT;
import static io.tallymark.usage.ReportMode.USAGE_RECORD_SET;
import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.reconcile.TestWindow.Report;
import io.tallymark.usage.HeldUsage;
import io.tallymark.usage.ReportMode;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One test for each row of the rules, from the top. */
class JudgeTest {
    private static final Judge JUDGE = new Judge(TestWindow.NOW, Duration.ofHours(1));

    @Test
    void ambiguousReportComesBeforeAll() {
        Window window = TestWindow.of(DELTA)
                .table("5")
                .report(5, ReportState.ACCEPTED)
                .report(3, ReportState.AMBIGUOUS)
                .window();

        assertThat(judge(window, "5")).isEqualTo(AMBIGUOUS);
        assertThat(JUDGE.judge(window, HeldValue.of(BigDecimal.valueOf(5))).agrees())
                .isFalse();
    }

    @Test
    void reportUnderWayIsNoDifferenceAndConfirmsNothing() {
        Window window = TestWindow.of(DELTA)
                .table("8")
                .report(5, ReportState.ACCEPTED)
                .report(3, ReportState.SENT)
                .window();

        assertThat(judge(window, "5")).isEqualTo(UNREPORTED);
        assertThat(JUDGE.judge(window, HeldValue.of(BigDecimal.valueOf(5))).agrees())
                .isFalse();
    }

    @Test
    void changeThatIsDueIsTheReporters() {
        Window window = TestWindow.of(HOURLY_TOTAL)
                .table("8")
                .report(5, ReportState.ACCEPTED)
                .due()
                .window();

        assertThat(judge(window, "0")).isEqualTo(UNREPORTED);
    }

    @Test
    void hourOfWhichNothingWasToldIsUnreportedWithItsReason() {
        Window window = TestWindow.untold().table("8").waitingFor("unmapped").window();

        assertThat(JUDGE.judge(window, HeldValue.NOT_ASKED))
                .returns(UNREPORTED, Verdict::kind)
                .returns("waits: unmapped", Verdict::detail);
        assertThat(judge(TestWindow.untold().table("0").window(), "0")).isEqualTo(OK);
    }

    @Test
    void customerThatStripeDoesNotKnow() {
        assertThat(unread(HeldUsage.Status.NO_SUCH_CUSTOMER)).isEqualTo(UNKNOWN_CUSTOMER);
    }

    @Test
    void stripeThatCannotBeAsked() {
        assertThat(unread(HeldUsage.Status.UNREACHABLE)).isEqualTo(UNREADABLE);
        assertThat(unread(HeldUsage.Status.NO_SUCH_TARGET)).isEqualTo(UNREADABLE);
    }

    @ParameterizedTest
    @EnumSource(ReportMode.class)
    void whatAgreesIsConfirmedInEveryMode(ReportMode mode) {
        Window window =
                TestWindow.of(mode).table("5.0").report(5, ReportState.ACCEPTED).window();

        assertThat(JUDGE.judge(window, HeldValue.of(new BigDecimal("5.00"))))
                .returns(OK, Verdict::kind)
                .returns(true, Verdict::agrees);
    }

    @Test
    void whatAgreesIsConfirmedAlthoughMoreWaits() {
        Window window = TestWindow.of(HOURLY_TOTAL)
                .table("8")
                .report(5, ReportState.ACCEPTED)
                .report(3, ReportState.REJECTED)
                .window();

        assertThat(JUDGE.judge(window, HeldValue.of(BigDecimal.valueOf(5))))
                .returns(REJECTED, Verdict::kind)
                .returns(true, Verdict::agrees)
                .returns("rejected", Verdict::detail);
    }

    @Test
    void errorEventSaysThatTheCustomerIsUnknown() {
        Window window = TestWindow.of(DELTA)
                .table("5")
                .report(new Report(5, ReportState.ACCEPTED)
                        .stripeError("meter_event_customer_not_found: no such customer"))
                .window();

        assertThat(judge(window, "0")).isEqualTo(UNKNOWN_CUSTOMER);
        assertThat(judge(window, "5")).as("restored since then").isEqualTo(OK);
    }

    @Test
    void freshReportsAreAwaitedBeforeWhatWasRefusedIsCorrectedWhereStripeAddsUp() {
        assertThat(judge(refusedAndFresh(DELTA), "0")).isEqualTo(LAG);
        assertThat(judge(refusedAndFresh(HOURLY_TOTAL), "0")).isEqualTo(UNKNOWN_CUSTOMER);
    }

    private static Window refusedAndFresh(ReportMode mode) {
        return TestWindow.of(mode)
                .table("15")
                .report(new TestWindow.Report(10, ReportState.ACCEPTED).stripeError("customer_not_found"))
                .report(new TestWindow.Report(15, 5, ReportState.ACCEPTED).acceptedAgo(Duration.ofMinutes(10)))
                .window();
    }

    @Test
    void freshAcceptanceIsGivenTime() {
        assertThat(judge(
                        TestWindow.of(DELTA)
                                .table("5")
                                .report(new Report(5, ReportState.ACCEPTED).acceptedAgo(Duration.ofMinutes(59)))
                                .window(),
                        "0"))
                .isEqualTo(LAG);
        assertThat(judge(
                        TestWindow.of(DELTA)
                                .table("5")
                                .report(new Report(5, ReportState.ACCEPTED).acceptedAgo(Duration.ofMinutes(60)))
                                .window(),
                        "0"))
                .isEqualTo(LOST);
    }

    @Test
    void whatOlderReportsExplainNeedNotWaitForFreshOnes() {
        Window window = TestWindow.of(USAGE_RECORD_INCREMENT)
                .table("5")
                .report(5, ReportState.ACCEPTED)
                .nextHour()
                .table("3")
                .report(new Report(3, ReportState.ACCEPTED).acceptedAgo(Duration.ofMinutes(5)))
                .window();

        assertThat(judge(window, "5")).as("the fresh one is missing").isEqualTo(LAG);
        assertThat(judge(window, "3")).as("the older one is missing").isEqualTo(LOST);
        assertThat(judge(window, "13")).as("the older one is there twice").isEqualTo(DOUBLED);
        assertThat(judge(window, "0")).as("both are missing").isEqualTo(LAG);
    }

    @Test
    void hourlyTotalThatIsAnOlderOneOrNoneIsLost() {
        Window window = TestWindow.of(HOURLY_TOTAL)
                .table("8")
                .report(new Report(5, 5, ReportState.ACCEPTED))
                .report(new Report(8, 3, ReportState.ACCEPTED))
                .window();

        assertThat(judge(window, "5")).isEqualTo(LOST);
        assertThat(judge(window, "0")).isEqualTo(LOST);
        assertThat(judge(window, "7")).isEqualTo(FOREIGN_WRITER);
    }

    @Test
    void hourlyTotalThatWasGivenUpButArrivedIsExplained() {
        Window window = TestWindow.of(HOURLY_TOTAL)
                .table("8")
                .report(new Report(8, 8, ReportState.ACCEPTED))
                .report(new Report(9, 1, ReportState.LOST))
                .window();

        assertThat(JUDGE.judge(window, HeldValue.of(BigDecimal.valueOf(9))))
                .returns(LOST, Verdict::kind)
                .satisfies(verdict -> assertThat(verdict.detail()).contains("lost"));
    }

    @Test
    void periodTotalIsTheValueWithTheNewestTimestamp() {
        Window window = TestWindow.of(PERIOD_TOTAL)
                .table("5")
                .report(new Report(5, 5, ReportState.ACCEPTED))
                .nextHour()
                .table("4")
                .report(new Report(9, 4, ReportState.ACCEPTED))
                .window();

        assertThat(judge(window, "9")).isEqualTo(OK);
        assertThat(judge(window, "5")).isEqualTo(LOST);
        assertThat(judge(window, "14")).isEqualTo(FOREIGN_WRITER);
    }

    @Test
    void missingReportsOfAnHourAreNamed() {
        Window window = TestWindow.of(DELTA)
                .table("10")
                .report(5, ReportState.ACCEPTED)
                .report(3, ReportState.ACCEPTED)
                .report(2, ReportState.ACCEPTED)
                .window();

        assertThat(lostAmounts(window, "7")).containsExactly("3");
        assertThat(lostAmounts(window, "3")).containsExactly("5", "2");
        assertThat(judge(window, "0")).isEqualTo(LOST);
        assertThat(judge(window, "6.5")).isEqualTo(FOREIGN_WRITER);
    }

    @Test
    void negativeReportThatIsMissingIsLostToo() {
        Window window = TestWindow.of(DELTA)
                .table("3")
                .report(5, ReportState.ACCEPTED)
                .report(-2, ReportState.ACCEPTED)
                .window();

        assertThat(judge(window, "5")).isEqualTo(LOST);
    }

    @ParameterizedTest
    @EnumSource(
            value = ReportMode.class,
            names = {"DELTA", "USAGE_RECORD_INCREMENT"})
    void whatIsCountedAgainIsDoubled(ReportMode mode) {
        Window window = TestWindow.of(mode)
                .table("8")
                .report(5, ReportState.ACCEPTED)
                .report(3, ReportState.ACCEPTED)
                .window();

        assertThat(judge(window, "11")).isEqualTo(DOUBLED);
        assertThat(judge(window, "16")).isEqualTo(DOUBLED);
        assertThat(judge(window, "12")).isEqualTo(FOREIGN_WRITER);
    }

    @Test
    void reportTakenForLostThatArrivedIsDoubled() {
        Window window = TestWindow.of(DELTA)
                .table("5")
                .report(4, ReportState.LOST)
                .report(5, ReportState.ACCEPTED)
                .window();

        assertThat(judge(window, "9")).isEqualTo(DOUBLED);
    }

    @Test
    void usageRecordsAreComparedOverThePeriod() {
        Window window = TestWindow.of(USAGE_RECORD_INCREMENT)
                .table("5")
                .report(5, ReportState.ACCEPTED)
                .nextHour()
                .table("4")
                .report(4, ReportState.ACCEPTED)
                .window();

        assertThat(judge(window, "9")).isEqualTo(OK);
        assertThat(judge(window, "4")).isEqualTo(LOST);
    }

    @Test
    void totalThatIsSetNeverDoubles() {
        Window window = TestWindow.of(USAGE_RECORD_SET)
                .table("5")
                .report(5, ReportState.ACCEPTED)
                .window();

        assertThat(judge(window, "10")).isEqualTo(FOREIGN_WRITER);
        assertThat(judge(window, "0")).isEqualTo(LOST);
    }

    @Test
    void correctionsAreKnowledgeAndNoReports() {
        Window window = TestWindow.of(DELTA)
                .table("5")
                .report(5, ReportState.ACCEPTED)
                .report(-5, ReportState.OBSERVED)
                .report(5, ReportState.ACCEPTED)
                .window();

        assertThat(judge(window, "5")).isEqualTo(OK);
        assertThat(judge(window, "10")).as("the lost one came late").isEqualTo(DOUBLED);
    }

    @Test
    void valueInAnHourOfWhichNothingWasToldIsForeign() {
        Window stray = Windows.stray(TestWindow.LANE, new StripeSide(DELTA, "calls", "cus_acme"), TestWindow.HOUR);

        assertThat(judge(stray, "5")).isEqualTo(FOREIGN_WRITER);
        assertThat(judge(stray, "0")).isEqualTo(OK);
    }

    private static List<String> lostAmounts(Window window, String held) {
        Verdict verdict = JUDGE.judge(window, HeldValue.of(new BigDecimal(held)));
        assertThat(verdict.kind()).isEqualTo(LOST);
        return verdict.reports().stream()
                .map(report -> report.amount().toPlainString())
                .toList();
    }

    private static Kind unread(HeldUsage.Status status) {
        Window window =
                TestWindow.of(DELTA).table("5").report(5, ReportState.ACCEPTED).window();
        return JUDGE.judge(window, new HeldValue(status, BigDecimal.ZERO, "no answer"))
                .kind();
    }

    private static Kind judge(Window window, String held) {
        return JUDGE.judge(window, HeldValue.of(new BigDecimal(held))).kind();
    }
}
