package io.tallymark.simulator.metering;

import java.time.Instant;

/**
 * A metered subscription item from before meters.
 *
 * @param id {@code si_…}
 * @param customer whose it is
 * @param rhythm of its periods; number 0 is the first
 * @param aggregate how a period's records become one number
 * @param thresholds whether it has billing_thresholds, which allow increments only
 */
public record LegacyItem(String id, String customer, Rhythm rhythm, AggregateUsage aggregate, boolean thresholds) {
    /** With monthly periods from the anchor. */
    public LegacyItem(String id, String customer, Instant anchor, AggregateUsage aggregate, boolean thresholds) {
        this(id, customer, Rhythm.of(anchor, "month", 1), aggregate, thresholds);
    }

    /**
     * A billing period, from {@code start} to before {@code end}, epoch seconds.
     *
     * @param number 0 for the first; negative before the anchor
     */
    public record Period(long number, long start, long end) {}

    Period period(long number) {
        return new Period(number, startOf(number), startOf(number + 1));
    }

    public Period periodOf(Instant instant) {
        return period(rhythm.numberAt(instant));
    }

    private long startOf(long number) {
        return rhythm.boundary(number).getEpochSecond();
    }
}
