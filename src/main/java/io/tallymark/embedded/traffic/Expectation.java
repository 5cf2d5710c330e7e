package io.tallymark.embedded.traffic;

import io.tallymark.usage.Fingerprint;
import io.tallymark.usage.RejectReason;
import java.math.BigDecimal;
import java.util.List;

/** What an exact system makes of one record. */
public sealed interface Expectation {
    /** Notes a record of this kind as read. */
    void applyTo(TruthKeeper truth);

    /**
     * Counted when it is the first record of its event, a duplicate otherwise.
     *
     * @param number the event's own number, from 0
     * @param fingerprint of its identity
     * @param timeMillis event time, ms since the epoch
     * @param additions one for each meter it feeds
     */
    record Usage(int number, Fingerprint fingerprint, String customerId, long timeMillis, List<Addition> additions)
            implements Expectation {
        @Override
        public void applyTo(TruthKeeper truth) {
            truth.usage(this);
        }
    }

    /** What an event adds to one meter; {@code dimensions} is a canonical JSON object. */
    record Addition(TrafficMeter meter, String dimensions, BigDecimal quantity) {}

    /** Goes to the dead-letter topic. */
    record DeadLetter(RejectReason reason) implements Expectation {
        @Override
        public void applyTo(TruthKeeper truth) {
            truth.deadLetter(reason);
        }
    }

    /** Is of no meter's type. */
    record Ignored() implements Expectation {
        @Override
        public void applyTo(TruthKeeper truth) {
            truth.ignored();
        }
    }
}
