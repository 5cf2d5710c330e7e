package io.tallymark.simulator.events;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** When a delivery that failed is tried again: after growing gaps, for three days. Stripe names the days, but not the gaps. */
final class RetrySchedule {
    static final Duration LASTS = Duration.ofDays(3);

    private static final List<Duration> GAPS = List.of(
            Duration.ofMinutes(5),
            Duration.ofMinutes(30),
            Duration.ofHours(2),
            Duration.ofHours(5),
            Duration.ofHours(10),
            Duration.ofHours(12));

    private RetrySchedule() {}

    /**
     * The next attempt; empty when there is none.
     *
     * @param first when the first attempt was made
     * @param failed when the last one failed
     * @param attempts how many there were
     */
    static Optional<Instant> next(Instant first, Instant failed, int attempts) {
        Duration gap = GAPS.get(Math.min(attempts, GAPS.size()) - 1);
        return Optional.of(failed.plus(gap)).filter(next -> !next.isAfter(first.plus(LASTS)));
    }
}
