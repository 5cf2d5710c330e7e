package io.tallymark.dedup;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.usage.BillingHour;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HorizonTest {
    private static final Duration MAX_LATENESS = Duration.ofDays(7);
    private static final long NOON = Instant.parse("2026-03-01T12:00:00Z").toEpochMilli();

    private final Horizon horizon = new Horizon(MAX_LATENESS);

    @Test
    void idIsKeptUntilTheHourAfterItsEventCouldComeLast() {
        assertThat(horizon.forgetAtMillis(NOON))
                .isEqualTo(NOON + MAX_LATENESS.plusHours(2).toMillis());
        assertThat(horizon.forgetAtMillis(NOON + BillingHour.MILLIS - 1))
                .isEqualTo(NOON + MAX_LATENESS.plusHours(2).toMillis());
    }

    /**
     * A record of time t is accepted when appended at t + max-lateness at the latest. By then the watermark is at most that append time
     * less a millisecond, or ahead of it by as much as the worker's clock is: an hour is allowed for.
     */
    @Test
    void neverForgottenWhileARecordOfThatTimeCouldBeAccepted() {
        long seed = Long.getLong("tallymark.seed", System.nanoTime());
        System.out.println("HorizonTest seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 10_000; i++) {
            Duration maxLateness =
                    Duration.ofMillis(1 + random.nextLong(Duration.ofDays(35).toMillis()));
            long timeMillis = NOON + random.nextLong(-BillingHour.MILLIS * 24_000, BillingHour.MILLIS * 24_000);
            long lastAcceptedAppendMillis = timeMillis + maxLateness.toMillis();

            assertThat(new Horizon(maxLateness).forgetAtMillis(timeMillis))
                    .as("seed %d, max-lateness %s, time %d", seed, maxLateness, timeMillis)
                    .isGreaterThan(
                            lastAcceptedAppendMillis + Duration.ofHours(1).toMillis())
                    .isLessThanOrEqualTo(
                            lastAcceptedAppendMillis + Duration.ofHours(2).toMillis());
        }
    }

    @Test
    void timersFallOnWholeHoursSoThatManyIdsShareOne() {
        assertThat(Math.floorMod(horizon.forgetAtMillis(NOON + 12_345), BillingHour.MILLIS))
                .isZero();
        assertThat(Math.floorMod(horizon.forgetAtMillis(-12_345), BillingHour.MILLIS))
                .isZero();
    }
}
