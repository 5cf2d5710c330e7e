package io.tallymark.report;

import io.tallymark.usage.Delivery;
import io.tallymark.usage.Delivery.Pressure;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * How fast calls may be made, as the outcomes so far tell: a rate limit halves the rate, which comes back within a minute; many calls in
 * a row that found Stripe out of order stop all calls but for a probe now and then. Immutable; one row of the database.
 *
 * @param ceiling configured calls a second
 * @param slowed calls a second at {@code slowedAt}
 * @param slowedAt absent: not slowed down
 * @param pausedUntil no calls before; absent: no pause
 * @param failures calls in a row that found Stripe out of order
 * @param failingSince the first of them; absent: none
 */
record Pace(
        double ceiling,
        double slowed,
        @Nullable Instant slowedAt,
        @Nullable Instant pausedUntil,
        int failures,
        @Nullable Instant failingSince) {
    static final int FAILURES_TO_STOP = 10;
    static final Duration RECOVERY = Duration.ofMinutes(1);
    static final Duration SHORTEST_PAUSE = Duration.ofSeconds(5);
    static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    private static final double SLOWEST = 1;
    private static final double AFTER_OUTAGE = 0.1;
    private static final Duration BETWEEN_CUTS = Duration.ofSeconds(1);
    private static final int OUTAGE_PARTS = 4;

    static Pace full(double ceiling) {
        return new Pace(ceiling, ceiling, null, null, 0, null);
    }

    /** Calls a second at an instant. */
    double rate(Instant now) {
        if (slowedAt == null) {
            return ceiling;
        }
        double back = Duration.between(slowedAt, now).toMillis() / (double) RECOVERY.toMillis();
        return Math.min(ceiling, slowed + Math.max(0, back) * ceiling);
    }

    boolean isPaused(Instant now) {
        return pausedUntil != null && pausedUntil.isAfter(now);
    }

    /** Whether only one call may be in flight: Stripe was out of order when it was last asked. */
    boolean isProbing() {
        return failures >= FAILURES_TO_STOP;
    }

    /** The pace after some outcomes; the same object when they change nothing. */
    Pace after(List<Delivery> all, Instant now, RandomGenerator random) {
        List<Delivery> deliveries = all.stream()
                .filter(delivery -> delivery.pressure() != Pressure.STALE)
                .toList();
        if (deliveries.isEmpty()) {
            return this;
        }
        long outages = count(deliveries, Pressure.OUTAGE);
        if (outages > 0 && outages == deliveries.size()) {
            return failing((int) outages, now, random);
        }
        Pace alive = failures == 0 ? this : answered(now);
        return count(deliveries, Pressure.SLOW_DOWN) == 0 ? alive : alive.slowedDown(deliveries, now);
    }

    private Pace failing(int more, Instant now, RandomGenerator random) {
        Instant since = failingSince == null ? now : failingSince;
        int failed = (int) Math.min(Integer.MAX_VALUE, (long) failures + more);
        // What comes back while calls are stopped was sent before.
        boolean stops = failed >= FAILURES_TO_STOP && !isPaused(now);
        Instant until = stops ? now.plus(pause(Duration.between(since, now), random)) : pausedUntil;
        return new Pace(ceiling, slowed, slowedAt, until, failed, since);
    }

    /** Grows with the length of the outage; between half of it and all of it, so that several reporters do not probe together. */
    private static Duration pause(Duration lasting, RandomGenerator random) {
        long full = Math.min(
                LONGEST_PAUSE.toMillis(), Math.max(SHORTEST_PAUSE.toMillis(), lasting.toMillis() / OUTAGE_PARTS));
        return Duration.ofMillis(full / 2 + random.nextLong(full / 2 + 1));
    }

    private Pace answered(Instant now) {
        return isProbing()
                ? new Pace(ceiling, Math.max(SLOWEST, ceiling * AFTER_OUTAGE), now, null, 0, null)
                // What pauses calls now is not the outage, but a wait that Stripe asked for.
                : new Pace(ceiling, slowed, slowedAt, pausedUntil, 0, null);
    }

    private Pace slowedDown(List<Delivery> deliveries, Instant now) {
        long waitMillis = deliveries.stream()
                .filter(delivery -> delivery.pressure() == Pressure.SLOW_DOWN)
                .mapToLong(Delivery::retryAfterMillis)
                .max()
                .orElse(0);
        Instant asked = now.plusMillis(Math.min(waitMillis, LONGEST_PAUSE.toMillis()));
        // A call that was in flight when the pause began does not end it; one that asks for no wait begins none.
        boolean begins = waitMillis > 0 && (pausedUntil == null || pausedUntil.isBefore(asked));
        Instant until = begins ? asked : pausedUntil;
        // A burst of refusals is one sign, not many.
        boolean cut = slowedAt == null || !slowedAt.plus(BETWEEN_CUTS).isAfter(now);
        return cut
                ? new Pace(ceiling, Math.max(SLOWEST, rate(now) / 2), now, until, 0, null)
                : new Pace(ceiling, slowed, slowedAt, until, 0, null);
    }

    private static long count(List<Delivery> deliveries, Pressure pressure) {
        return deliveries.stream()
                .filter(delivery -> delivery.pressure() == pressure)
                .count();
    }
}
