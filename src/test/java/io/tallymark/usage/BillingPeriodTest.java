package io.tallymark.usage;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.usage.BillingPeriod.Interval;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BillingPeriodTest {
    @Test
    void calendarMonthIsTheDefault() {
        BillingPeriod period = BillingPeriod.containing(
                Instant.parse("2026-11-20T10:30:00Z"), BillingPeriod.DEFAULT_ANCHOR, Interval.MONTH);

        assertThat(period).isEqualTo(period("2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z"));
    }

    @Test
    void boundaryBelongsToThePeriodThatItBegins() {
        assertThat(month("2026-11-30T23:59:59Z", "1970-01-01T00:00:00Z"))
                .isEqualTo(period("2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z"));
        assertThat(month("2026-12-01T00:00:00Z", "1970-01-01T00:00:00Z"))
                .isEqualTo(period("2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"));
    }

    @Test
    void boundaryKeepsTheAnchorsTimeOfDay() {
        assertThat(month("2026-11-15T13:00:00Z", "2026-01-15T14:25:36Z"))
                .isEqualTo(period("2026-10-15T14:25:36Z", "2026-11-15T14:25:36Z"));
        assertThat(month("2026-11-15T14:25:36Z", "2026-01-15T14:25:36Z"))
                .isEqualTo(period("2026-11-15T14:25:36Z", "2026-12-15T14:25:36Z"));
    }

    @Test
    void anchorOnThe31stFallsOnTheLastDayOfShorterMonths() {
        String anchor = "2026-01-31T00:00:00Z";

        assertThat(month("2026-02-27T23:00:00Z", anchor))
                .isEqualTo(period("2026-01-31T00:00:00Z", "2026-02-28T00:00:00Z"));
        assertThat(month("2026-02-28T00:00:00Z", anchor))
                .isEqualTo(period("2026-02-28T00:00:00Z", "2026-03-31T00:00:00Z"));
        assertThat(month("2026-04-30T12:00:00Z", anchor))
                .isEqualTo(period("2026-04-30T00:00:00Z", "2026-05-31T00:00:00Z"));
    }

    @Test
    void anchorMayLieInTheFuture() {
        assertThat(month("2026-11-20T10:00:00Z", "2027-03-31T06:00:00Z"))
                .isEqualTo(period("2026-10-31T06:00:00Z", "2026-11-30T06:00:00Z"));
        assertThat(month("2026-11-30T06:00:00Z", "2027-03-31T06:00:00Z"))
                .isEqualTo(period("2026-11-30T06:00:00Z", "2026-12-31T06:00:00Z"));
    }

    @Test
    void leapDayIsTheLastDayOfFebruary() {
        assertThat(month("2028-02-29T00:00:00Z", "2027-12-31T00:00:00Z"))
                .isEqualTo(period("2028-02-29T00:00:00Z", "2028-03-31T00:00:00Z"));
        assertThat(at("2029-02-28T00:00:00Z", "2028-02-29T00:00:00Z", Interval.YEAR))
                .isEqualTo(period("2029-02-28T00:00:00Z", "2030-02-28T00:00:00Z"));
        assertThat(at("2032-02-28T12:00:00Z", "2028-02-29T00:00:00Z", Interval.YEAR))
                .isEqualTo(period("2031-02-28T00:00:00Z", "2032-02-29T00:00:00Z"));
    }

    @Test
    void daysWeeksAndYearsAreCountedFromTheAnchorToo() {
        String anchor = "2026-11-18T06:00:00Z";

        assertThat(at("2026-11-20T05:00:00Z", anchor, Interval.DAY))
                .isEqualTo(period("2026-11-19T06:00:00Z", "2026-11-20T06:00:00Z"));
        assertThat(at("2026-11-27T00:00:00Z", anchor, Interval.WEEK))
                .isEqualTo(period("2026-11-25T06:00:00Z", "2026-12-02T06:00:00Z"));
        assertThat(at("2026-11-17T00:00:00Z", anchor, Interval.YEAR))
                .isEqualTo(period("2025-11-18T06:00:00Z", "2026-11-18T06:00:00Z"));
    }

    @ParameterizedTest
    @EnumSource
    void everyInstantLiesInOnePeriodAndPeriodsMeet(Interval interval) {
        long seed = 20261120;
        Random random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            Instant anchor = Instant.ofEpochSecond(random.nextLong(0, 4_000_000_000L));
            Instant instant = Instant.ofEpochSecond(random.nextLong(0, 4_000_000_000L));
            BillingPeriod period = BillingPeriod.containing(instant, anchor, interval);

            assertThat(instant)
                    .as("seed %d, %s by %s from %s", seed, instant, interval, anchor)
                    .isAfterOrEqualTo(period.start())
                    .isBefore(period.end());
            assertThat(BillingPeriod.containing(period.end(), anchor, interval).start())
                    .isEqualTo(period.end());
            assertThat(BillingPeriod.containing(period.start().minusNanos(1), anchor, interval)
                            .end())
                    .isEqualTo(period.start());
            assertThat(Duration.between(period.start(), period.end())).isLessThanOrEqualTo(Duration.ofDays(366));
        }
    }

    @Test
    void databaseNamesAreReadBack() {
        for (Interval interval : Interval.values()) {
            assertThat(Interval.fromSql(interval.sqlName())).isEqualTo(interval);
        }
        assertThat(Interval.MONTH.sqlName()).isEqualTo("month");
    }

    private static BillingPeriod month(String instant, String anchor) {
        return at(instant, anchor, Interval.MONTH);
    }

    private static BillingPeriod at(String instant, String anchor, Interval interval) {
        return BillingPeriod.containing(Instant.parse(instant), Instant.parse(anchor), interval);
    }

    private static BillingPeriod period(String start, String end) {
        return new BillingPeriod(Instant.parse(start), Instant.parse(end));
    }
}
