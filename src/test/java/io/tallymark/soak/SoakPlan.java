package io.tallymark.soak;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * What is run. Simulated time goes so fast that {@code max-lateness} passes about ten times, and it begins so long ago that a month ends
 * on the way and Stripe still takes every report.
 *
 * @param perSecond records a second
 * @param speed simulated seconds per second
 * @param begin append time of the first record
 */
record SoakPlan(long seed, Duration length, double perSecond, double speed, Instant begin) {
    /** Longer than the latest events are late, by enough for their repeats. */
    static final Duration MAX_LATENESS = Duration.ofDays(2);

    /** Ids go up to this much later than max-lateness says: they go by the hour, and with an hour of slack. */
    static final Duration SLACK = Duration.ofHours(2);

    private static final double TIMES = 10;
    /** An hour in a second and a half; faster, the hours' closing would be all there is. */
    private static final double FASTEST = 2_400;

    private static final Duration BEFORE_THE_PRESENT = Duration.ofDays(33);

    static SoakPlan of(long seed, double minutes, double perSecond, Instant now) {
        Duration length = Duration.ofMillis((long) (minutes * 60_000));
        double speed = Math.min(FASTEST, TIMES * MAX_LATENESS.toMillis() / length.toMillis());
        Instant begin = now.minus(BEFORE_THE_PRESENT).truncatedTo(ChronoUnit.HOURS);
        return new SoakPlan(seed, length, perSecond, speed, begin);
    }

    double minutes() {
        return length.toMillis() / 60_000.0;
    }

    /** When the first ids are forgotten: from here on the state has its size. */
    double fullAfterMinutes() {
        return MAX_LATENESS.plus(SLACK).toMinutes() / speed;
    }

    Duration simulated() {
        return Duration.ofMillis((long) (length.toMillis() * speed));
    }
}
