package io.tallymark.audit;

import io.tallymark.usage.Aggregation;
import io.tallymark.usage.Fingerprint;
import io.tallymark.usage.Measurement;
import io.tallymark.usage.UsageEvent;
import java.math.BigDecimal;

/**
 * What events add up to, by the rule of the meter.
 *
 * @param digest sum of the events' fingerprints
 * @param lastTimeMillis event time of the newest of them, which decides a LAST total
 * @param last its fingerprint, which breaks ties
 */
record EventsTotal(BigDecimal quantity, long eventCount, Fingerprint digest, long lastTimeMillis, Fingerprint last) {
    static final EventsTotal NONE =
            new EventsTotal(BigDecimal.ZERO, 0, Fingerprint.ZERO, Long.MIN_VALUE, Fingerprint.ZERO);

    static EventsTotal of(UsageEvent event, Measurement measurement) {
        Fingerprint fingerprint = event.fingerprint();
        return new EventsTotal(measurement.quantity(), 1, fingerprint, event.timeMillis(), fingerprint);
    }

    EventsTotal plus(EventsTotal other, Aggregation aggregation) {
        EventsTotal newest = other.isNewerThan(this) ? other : this;
        BigDecimal sum = switch (aggregation) {
            case SUM, COUNT -> quantity.add(other.quantity);
            case MAX -> quantity.max(other.quantity);
            case LAST -> newest.quantity;
        };
        return new EventsTotal(
                sum, eventCount + other.eventCount, digest.plus(other.digest), newest.lastTimeMillis, newest.last);
    }

    boolean isSameAs(UsageRow row) {
        return quantity.compareTo(row.quantity()) == 0
                && eventCount == row.eventCount()
                && digest.toString().equals(row.digest());
    }

    private boolean isNewerThan(EventsTotal other) {
        if (lastTimeMillis != other.lastTimeMillis) {
            return lastTimeMillis > other.lastTimeMillis;
        }
        int high = Long.compareUnsigned(last.high(), other.last.high());
        return high > 0 || (high == 0 && Long.compareUnsigned(last.low(), other.last.low()) > 0);
    }
}
