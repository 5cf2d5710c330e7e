package io.tallymark.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallymark.usage.Aggregation;
import io.tallymark.usage.ReportMode;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;

class TellRuleTest {
    private static final Instant HOUR = Standings.HOUR.start();
    private static final Target PERIOD_TOTAL = Standings.target(ReportMode.PERIOD_TOTAL);
    private static final Target INCREMENT = Standings.target(ReportMode.USAGE_RECORD_INCREMENT);

    @Test
    void hourlyTotalTellsTheHoursTotal() {
        Target target = Standings.target(ReportMode.HOURLY_TOTAL);

        assertThat(tell(Standings.of("8", Standings.told(target, "5")), target))
                .isEqualTo(send(2, ReportMode.HOURLY_TOTAL, "8", "3", HOUR));
    }

    @Test
    void deltaTellsWhatIsMissingWithItsSign() {
        Target target = Standings.target(ReportMode.DELTA);

        assertThat(tell(Standings.of("3", Standings.told(target, "5")), target))
                .isEqualTo(send(2, ReportMode.DELTA, "-2", "-2", HOUR));
    }

    @Test
    void periodTotalOfASumTellsWhatWasToldAndWhatIsMissing() {
        HourStanding standing = Standings.of("8", Standings.told(PERIOD_TOTAL, "5"))
                .with(Standings.period("105", "2026-11-20T07:00:00Z"));

        assertThat(tell(standing, PERIOD_TOTAL)).isEqualTo(send(2, ReportMode.PERIOD_TOTAL, "108", "3", HOUR));
    }

    @Test
    void periodTotalOfAMaximumTellsTheLargestHour() {
        HourStanding standing = Standings.of("8").with(Standings.hours("7", "9", "8"));

        assertThat(tell(standing, PERIOD_TOTAL, Aggregation.MAX))
                .isEqualTo(send(1, ReportMode.PERIOD_TOTAL, "9", "8", HOUR.plusSeconds(1)));
    }

    @Test
    void periodTotalOfALastTellsTheNewestHour() {
        HourStanding standing = Standings.of("8").with(Standings.hours("7", "9", "6"));

        assertThat(tell(standing, PERIOD_TOTAL, Aggregation.LAST))
                .isEqualTo(send(1, ReportMode.PERIOD_TOTAL, "6", "8", HOUR.plusSeconds(1)));
    }

    @Test
    void periodOfNoHoursIsWorthNothing() {
        HourStanding standing = Standings.of("0").with(Standings.hours("7", null, null));

        assertThat(tell(standing, PERIOD_TOTAL, Aggregation.MAX))
                .isEqualTo(send(1, ReportMode.PERIOD_TOTAL, "0", "0", HOUR.plusSeconds(1)));
    }

    @Test
    void periodTotalIsStampedStrictlyAfterAnyBefore() {
        HourStanding standing = Standings.of("8").with(Standings.period("100", "2026-11-20T09:00:07Z"));

        assertThat(timestamp(standing)).isEqualTo("2026-11-20T09:00:08Z");
    }

    @Test
    void lastSecondOfThePeriodIsUsedAndThenTheHourIsHeld() {
        HourStanding oneLeft = Standings.of("8").with(Standings.period("100", "2026-11-30T23:59:58Z"));
        HourStanding noneLeft = Standings.of("8").with(Standings.period("100", "2026-11-30T23:59:59Z"));

        assertThat(timestamp(oneLeft)).isEqualTo("2026-11-30T23:59:59Z");
        assertThat(tell(noneLeft, PERIOD_TOTAL)).isEqualTo(new NextStep.HoldHour(TellRule.NO_TIMESTAMP));
    }

    @Test
    void periodTotalOfAnOldHourIsStampedAsOldAsStripeTakes() {
        Instant now = HOUR.plus(Duration.ofDays(36)).plusMillis(500);
        HourStanding standing = Standings.at(Standings.HOUR, now, false, "8").with(Standings.period("0", null));

        Instant timestamp = timestamp(standing);

        assertThat(timestamp).isAfter(now.minus(AgeRule.OLDEST_REPORT)).isBefore(Standings.NOVEMBER.end());
        assertThat(timestamp).as("whole seconds").isEqualTo(timestamp.truncatedTo(ChronoUnit.SECONDS));
    }

    @Test
    void usageRecordSetTellsTheHoursTotal() {
        Target target = Standings.target(ReportMode.USAGE_RECORD_SET);

        assertThat(tell(Standings.of("8", Standings.told(target, "5")), target))
                .isEqualTo(send(2, ReportMode.USAGE_RECORD_SET, "8", "3", HOUR));
    }

    @Test
    void incrementTellsWhatIsMissing() {
        assertThat(tell(Standings.of("8", Standings.told(INCREMENT, "5")), INCREMENT))
                .isEqualTo(send(2, ReportMode.USAGE_RECORD_INCREMENT, "3", "3", HOUR));
    }

    @Test
    void incrementBelowZeroSetsTheHoursTotal() {
        assertThat(tell(Standings.of("3", Standings.told(INCREMENT, "5")), INCREMENT))
                .isEqualTo(send(2, ReportMode.USAGE_RECORD_SET, "3", "-2", HOUR));
    }

    @Test
    void incrementOnATotalOfUnknownFateSetsTheHoursTotal() {
        ReportIntent lost =
                Standings.intent(Standings.target(ReportMode.USAGE_RECORD_SET), "7", ReportIntent.State.LOST);

        assertThat(tell(Standings.of("12", lost), INCREMENT))
                .isEqualTo(send(2, ReportMode.USAGE_RECORD_SET, "12", "12", HOUR));
    }

    @Test
    void usageRecordsTakeWholeNumbersOnly() {
        NextStep held = new NextStep.HoldHour(TellRule.NOT_WHOLE);

        assertThat(tell(Standings.of("8.5"), Standings.target(ReportMode.USAGE_RECORD_SET)))
                .isEqualTo(held);
        assertThat(tell(Standings.of("8.5"), INCREMENT)).isEqualTo(held);
        assertThat(tell(Standings.of("1.2E2"), INCREMENT))
                .isEqualTo(send(1, ReportMode.USAGE_RECORD_INCREMENT, "120", "120", HOUR));
        assertThat(tell(Standings.of("8.00"), INCREMENT))
                .isEqualTo(send(1, ReportMode.USAGE_RECORD_INCREMENT, "8", "8", HOUR));
    }

    @Test
    void negativeTotalIsNoUsageRecord() {
        NextStep held = new NextStep.HoldHour(TellRule.NOT_WHOLE);

        assertThat(tell(Standings.of("-1"), Standings.target(ReportMode.USAGE_RECORD_SET)))
                .isEqualTo(held);
        assertThat(tell(Standings.of("-1", Standings.told(INCREMENT, "5")), INCREMENT))
                .isEqualTo(held);
    }

    @Test
    void largestHourThatChangedMustBeToldAlthoughNothingOfThisOneIsMissing() {
        HourStanding changed = Standings.of("5").with(Standings.hours("7", "9", "5"));

        assertThat(new TellRule(changed, PERIOD_TOTAL, Aggregation.MAX).isTold())
                .isFalse();
        assertThat(new TellRule(changed, PERIOD_TOTAL, Aggregation.SUM).isTold())
                .isTrue();
        assertThat(new TellRule(changed, INCREMENT, Aggregation.MAX).isTold()).isTrue();
    }

    @Test
    void periodMustHaveBeenRead() {
        assertThatThrownBy(() -> tell(Standings.of("8"), PERIOD_TOTAL)).isInstanceOf(IllegalStateException.class);
    }

    private static NextStep tell(HourStanding standing, Target target) {
        return tell(standing, target, Aggregation.SUM);
    }

    private static NextStep tell(HourStanding standing, Target target, Aggregation aggregation) {
        return new TellRule(standing, target, aggregation).tell();
    }

    private static Instant timestamp(HourStanding standing) {
        return ((NextStep.Send) tell(standing, PERIOD_TOTAL)).intent().timestamp();
    }

    private static NextStep send(int sequence, ReportMode mode, String value, String amount, Instant timestamp) {
        return new NextStep.Send(ReportIntent.create(
                Standings.HOUR,
                sequence,
                Standings.target(mode),
                new BigDecimal(value),
                new BigDecimal(amount),
                timestamp,
                ReportIntent.State.PENDING));
    }
}
