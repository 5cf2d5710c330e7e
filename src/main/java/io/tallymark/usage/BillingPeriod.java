package io.tallymark.usage;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/**
 * A customer's billing period, half open. Boundaries are whole intervals from the anchor; an anchor on the 31st falls on the last day of
 * shorter months, as at Stripe.
 */
public record BillingPeriod(Instant start, Instant end) {
    /** Calendar months, UTC. */
    public static final Instant DEFAULT_ANCHOR = Instant.EPOCH;

    /** Length of a period. */
    public enum Interval {
        DAY(ChronoUnit.DAYS),
        WEEK(ChronoUnit.WEEKS),
        MONTH(ChronoUnit.MONTHS),
        YEAR(ChronoUnit.YEARS);

        private final ChronoUnit unit;

        Interval(ChronoUnit unit) {
            this.unit = unit;
        }

        /** The name in the database. */
        public String sqlName() {
            return name().toLowerCase(Locale.ROOT);
        }

        public static Interval fromSql(String name) {
            return valueOf(name.toUpperCase(Locale.ROOT));
        }
    }

    /** The period that an instant lies in; an hour belongs to the period in which it begins. */
    public static BillingPeriod containing(Instant instant, Instant anchor, Interval interval) {
        ZonedDateTime first = anchor.atZone(ZoneOffset.UTC);
        long intervals = interval.unit.between(first, instant.atZone(ZoneOffset.UTC));
        // The whole intervals between are rounded towards the anchor, and clamped days shift a boundary by a few days:
        // look around.
        intervals -= 1;
        while (!first.plus(intervals + 1, interval.unit).toInstant().isAfter(instant)) {
            intervals++;
        }
        return new BillingPeriod(
                first.plus(intervals, interval.unit).toInstant(),
                first.plus(intervals + 1, interval.unit).toInstant());
    }
}
