package io.tallymark.reconcile;

import io.tallymark.usage.BillingPeriod;
import java.time.Instant;
import java.util.List;

/**
 * What our books say about a stretch of hours of a lane, from one snapshot.
 *
 * @param now the database's clock
 * @param anchor a boundary of the customer's billing periods
 * @param hours those that have a total, a report or something due, in order
 */
record LaneBooks(Lane lane, Instant now, Instant anchor, BillingPeriod.Interval interval, List<HourBooks> hours) {
    LaneBooks {
        hours = List.copyOf(hours);
    }

    BillingPeriod period(Instant hour) {
        return BillingPeriod.containing(hour, anchor, interval);
    }
}
