package io.tallymark.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.usage.BillingHour;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HourClockTest {
    private static final BillingHour NOON = BillingHour.containing(Instant.parse("2026-03-01T12:00:00Z"));

    @Test
    void hourClosesWithItsLastMillisecond() {
        assertThat(clock(Duration.ofDays(7)).closeAtMillis(NOON))
                .isEqualTo(Instant.parse("2026-03-01T12:59:59.999Z").toEpochMilli());
    }

    @Test
    void hourIsKeptForMaxLatenessAndAnHour() {
        assertThat(clock(Duration.ofDays(7)).forgetAtMillis(NOON))
                .isEqualTo(Instant.parse("2026-03-08T14:00:00Z").toEpochMilli());
    }

    @Test
    void timersAreNeverAmbiguousAndNothingIsForgottenEarly() {
        long seed = Long.getLong("tallymark.seed", System.nanoTime());
        System.out.println("HourClockTest seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 10_000; i++) {
            Duration maxLateness =
                    Duration.ofMillis(random.nextLong(Duration.ofDays(35).toMillis()));
            BillingHour hour = new BillingHour(random.nextLong(-10_000, 1_000_000));
            HourClock clock = clock(maxLateness);
            String as = "seed " + seed + ", max-lateness " + maxLateness + ", hour " + hour;

            assertThat(HourClock.isCloseTimer(clock.closeAtMillis(hour))).as(as).isTrue();
            assertThat(BillingHour.containing(clock.closeAtMillis(hour))).as(as).isEqualTo(hour);
            assertThat(HourClock.isCloseTimer(clock.forgetAtMillis(hour)))
                    .as(as)
                    .isFalse();
            assertThat(clock.forgottenHour(clock.forgetAtMillis(hour))).as(as).isEqualTo(hour);
            assertThat(clock.forgetAtMillis(hour))
                    .as(as)
                    .isGreaterThanOrEqualTo(hour.endMillis()
                            + maxLateness.toMillis()
                            + Duration.ofHours(1).toMillis());
        }
    }

    @Test
    void changesAreWrittenWithinEarlyResultsAndAtDifferentTimesForDifferentKeys() {
        HourClock clock = clock(Duration.ofDays(7));
        long now = NOON.startMillis() + 12_345;
        for (int hash : new int[] {0, 1, 59_999, 60_000, -1, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
            assertThat(clock.nextWriteMillis(now, hash)).isGreaterThan(now).isLessThanOrEqualTo(now + 60_000);
        }
        assertThat(clock.nextWriteMillis(now, 1)).isNotEqualTo(clock.nextWriteMillis(now, 2));
    }

    private static HourClock clock(Duration maxLateness) {
        return new HourClock(new AggregateSettings(maxLateness, Duration.ofSeconds(60), Map.of()));
    }
}
