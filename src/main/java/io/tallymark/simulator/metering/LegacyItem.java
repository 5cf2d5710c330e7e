package io.tallymark.simulator.metering;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;

/**
 * A metered subscription item from before meters.
 *
 * @param id {@code si_…}
 * @param customer whose it is
 * @param anchor start of its first monthly period
 * @param aggregate how a period's records become one number
 * @param thresholds whether it has billing_thresholds, which allow increments only
 */
public record LegacyItem(String id, String customer, Instant anchor, AggregateUsage aggregate, boolean thresholds) {
    /**
     * A billing period, from {@code start} to before {@code end}, epoch seconds.
     *
     * @param number 0 for the first; negative before the anchor
     */
    public record Period(long number, long start, long end) {
        boolean holds(long seconds) {
            return seconds >= start && seconds < end;
        }
    }

    Period period(long number) {
        return new Period(number, startOf(number), startOf(number + 1));
    }

    public Period periodOf(Instant instant) {
        ZonedDateTime first = anchor.atZone(ZoneOffset.UTC);
        long months = ChronoUnit.MONTHS.between(first, instant.atZone(ZoneOffset.UTC));
        // Months of 31 days make it one too many or too few around a short month's end, and before the anchor.
        for (long number = months - 1; number <= months; number++) {
            Period period = period(number);
            if (period.holds(instant.getEpochSecond())) {
                return period;
            }
        }
        return period(months + 1);
    }

    private long startOf(long number) {
        return anchor.atZone(ZoneOffset.UTC).plusMonths(number).toEpochSecond();
    }
}
