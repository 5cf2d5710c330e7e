package io.tallymark.usage;

import java.time.Instant;

/**
 * One UTC hour, half open: it begins at {@code hh:00:00.000} and ends just before the next one. Hours are counted from the epoch, so
 * daylight saving and leap days do nothing to them.
 *
 * @param epochHour hours since 1970-01-01T00:00:00Z; negative before
 */
public record BillingHour(long epochHour) implements Comparable<BillingHour> {
    public static final long MILLIS = 3_600_000L;

    /** The hour that contains an instant given in milliseconds since the epoch. */
    public static BillingHour containing(long epochMillis) {
        return new BillingHour(Math.floorDiv(epochMillis, MILLIS));
    }

    public static BillingHour containing(Instant instant) {
        return containing(instant.toEpochMilli());
    }

    /** First millisecond of the hour. */
    public long startMillis() {
        return epochHour * MILLIS;
    }

    /** First millisecond of the next hour. */
    public long endMillis() {
        return startMillis() + MILLIS;
    }

    public Instant start() {
        return Instant.ofEpochMilli(startMillis());
    }

    @Override
    public int compareTo(BillingHour other) {
        return Long.compare(epochHour, other.epochHour);
    }

    @Override
    public String toString() {
        return start().toString();
    }
}
