package io.tallymark.soak;

import io.tallymark.embedded.traffic.Expectation;
import io.tallymark.embedded.traffic.TrafficRecord;
import io.tallymark.usage.RejectReason;
import java.time.Duration;
import java.util.Iterator;

/**
 * Traffic whose repeats may come so late that nobody remembers their event any more. Then they are too late themselves: that is what
 * makes a finite memory exact, so it is what is expected of them. Voids that old are left out; one that does not match names a slightly
 * earlier time, so near the limit nobody could say.
 */
final class AgedRepeats implements Iterator<TrafficRecord> {
    private static final long NEAR_MILLIS = Duration.ofMinutes(2).toMillis();

    private final Iterator<TrafficRecord> traffic;
    private final long maxLatenessMillis;

    AgedRepeats(Iterator<TrafficRecord> traffic, Duration maxLateness) {
        this.traffic = traffic;
        this.maxLatenessMillis = maxLateness.toMillis();
    }

    @Override
    public boolean hasNext() {
        return traffic.hasNext();
    }

    @Override
    public TrafficRecord next() {
        TrafficRecord record = traffic.next();
        while (record.expectation() instanceof Expectation.Withdrawal aVoid
                && age(record, aVoid.event()) > maxLatenessMillis - NEAR_MILLIS) {
            record = traffic.next();
        }
        boolean tooLate =
                record.expectation() instanceof Expectation.Usage event && age(record, event) > maxLatenessMillis;
        return tooLate
                ? new TrafficRecord(record.message(), new Expectation.DeadLetter(RejectReason.TOO_LATE))
                : record;
    }

    private static long age(TrafficRecord record, Expectation.Usage event) {
        return record.message().timestamp() - event.timeMillis();
    }
}
