package io.tallymark.usage;

import java.math.BigDecimal;

/**
 * The total of one hour: one row of {@code usage_hourly}. It is the whole total, never an increment, so writing it twice is harmless.
 *
 * @param epochHour see {@link BillingHour}
 * @param quantity exact decimal in the meter's unit
 * @param eventCount events counted into it
 * @param digestHigh upper half of the sum of their fingerprints
 * @param digestLow lower half
 * @param withdrawnCount events that were counted into it and taken out again by a void
 * @param revision how often the total was written as closed: 0 while open, 1 at the close, one more for each accepted late event batch
 * @param closed whether the watermark has passed the hour's end
 */
public record HourlyTotal(
        UsageKey key,
        long epochHour,
        BigDecimal quantity,
        long eventCount,
        long digestHigh,
        long digestLow,
        long withdrawnCount,
        int revision,
        boolean closed) {
    public BillingHour hour() {
        return new BillingHour(epochHour);
    }

    public Fingerprint digest() {
        return new Fingerprint(digestHigh, digestLow);
    }
}
