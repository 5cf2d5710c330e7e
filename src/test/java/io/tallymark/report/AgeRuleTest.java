package io.tallymark.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.usage.ReportMode;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An hour at 8 on November 20, billed by calendar months. */
class AgeRuleTest {
    private static final Instant HOUR = Standings.HOUR.start();
    private static final Instant PERIOD_END = Standings.NOVEMBER.end();

    @ParameterizedTest
    @EnumSource(names = {"HOURLY_TOTAL", "DELTA"})
    void hourIsTooOldPastStripesLimit(ReportMode mode) {
        Instant limit = HOUR.plus(AgeRule.OLDEST_REPORT);

        assertThat(isTooOld(mode, limit)).isFalse();
        assertThat(isTooOld(mode, limit.plusNanos(1))).isTrue();
    }

    @Test
    void hourWithoutATargetIsTooOldPastStripesLimit() {
        Instant limit = HOUR.plus(AgeRule.OLDEST_REPORT);

        assertThat(AgeRule.isTooOld(at(limit, true), Optional.empty())).isFalse();
        assertThat(AgeRule.isTooOld(at(limit.plusNanos(1), true), Optional.empty()))
                .isTrue();
    }

    @Test
    void periodTotalIsAsYoungAsThePeriodsLastSecond() {
        Instant limit = PERIOD_END.minusSeconds(1).plus(AgeRule.OLDEST_REPORT);

        assertThat(isTooOld(ReportMode.PERIOD_TOTAL, limit)).isFalse();
        assertThat(isTooOld(ReportMode.PERIOD_TOTAL, limit.plusNanos(1))).isTrue();
    }

    @ParameterizedTest
    @EnumSource(names = {"USAGE_RECORD_SET", "USAGE_RECORD_INCREMENT"})
    void usageRecordIsTooOldMinutesAfterItsPeriod(ReportMode mode) {
        Instant limit = PERIOD_END.plus(AgeRule.USAGE_RECORD_GRACE);

        assertThat(isTooOld(mode, limit)).isFalse();
        assertThat(isTooOld(mode, limit.plusNanos(1))).isTrue();
    }

    @ParameterizedTest
    @EnumSource(names = {"USAGE_RECORD_SET", "USAGE_RECORD_INCREMENT"})
    void usageRecordOfAPeriodThatIsOnlyAssumedIsStripesToRefuse(ReportMode mode) {
        Instant late = PERIOD_END.plus(AgeRule.OLDEST_REPORT).plusSeconds(1);

        assertThat(AgeRule.isTooOld(at(late, false), Optional.of(Standings.target(mode))))
                .isFalse();
    }

    private static boolean isTooOld(ReportMode mode, Instant now) {
        return AgeRule.isTooOld(at(now, true), Optional.of(Standings.target(mode)));
    }

    private static HourStanding at(Instant now, boolean anchored) {
        return Standings.at(Standings.HOUR, now, anchored, "5");
    }
}
