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
     * @param voided whether voids of it are sent too, so that its totals are not certain before the end
     */
    record Usage(
            int number,
            Fingerprint fingerprint,
            String customerId,
            long timeMillis,
            List<Addition> additions,
            boolean voided)
            implements Expectation {
        Usage withVoids() {
            return new Usage(number, fingerprint, customerId, timeMillis, additions, true);
        }

        @Override
        public void applyTo(TruthKeeper truth) {
            truth.usage(this);
        }
    }

    /** What an event adds to one meter; {@code dimensions} is a canonical JSON object. */
    record Addition(TrafficMeter meter, String dimensions, BigDecimal quantity) {}

    /** A repeat of an event with another quantity or time, in the event's own partition and after it. */
    record Conflict() implements Expectation {
        @Override
        public void applyTo(TruthKeeper truth) {
            truth.conflict();
        }
    }

    /**
     * Takes the event out again, whichever comes first; one that does not match goes to the dead-letter topic once the event is there.
     * An event has matching voids or one that does not match, never both.
     */
    record Withdrawal(Usage event, boolean matching) implements Expectation {
        @Override
        public void applyTo(TruthKeeper truth) {
            truth.withdrawal(this);
        }
    }

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
