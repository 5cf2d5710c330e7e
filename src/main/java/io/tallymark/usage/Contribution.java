package io.tallymark.usage;

import java.math.BigDecimal;

/**
 * What one event, already counted once, adds to one total, or takes out of it again: the element between dedup and aggregate.
 *
 * @param key the total's key without its hour
 * @param timeMillis event time, ms since the epoch
 * @param quantity exact decimal; of a withdrawal the quantity that was added before
 * @param fingerprintHigh upper half of the event's {@link Fingerprint}
 * @param fingerprintLow lower half
 * @param withdrawn whether the event is taken out: a void of it came
 */
public record Contribution(
        UsageKey key,
        long timeMillis,
        BigDecimal quantity,
        long fingerprintHigh,
        long fingerprintLow,
        boolean withdrawn) {
    public Fingerprint fingerprint() {
        return new Fingerprint(fingerprintHigh, fingerprintLow);
    }

    public BillingHour hour() {
        return BillingHour.containing(timeMillis);
    }
}
