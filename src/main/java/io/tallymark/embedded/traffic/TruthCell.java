package io.tallymark.embedded.traffic;

import io.tallymark.usage.Aggregation;
import io.tallymark.usage.Fingerprint;
import java.math.BigDecimal;
import java.util.Comparator;

/** The events of one hour's total so far, folded. A model on purpose: it shares no code with the aggregation it checks. */
record TruthCell(BigDecimal quantity, long eventCount, Fingerprint digest, Newest newest) {
    /** The event with the newest time; of equal times the one with the larger fingerprint. */
    record Newest(long timeMillis, Fingerprint fingerprint, BigDecimal quantity) {
        private static final Comparator<Newest> ORDER = Comparator.comparingLong(Newest::timeMillis)
                .thenComparing(newest -> newest.fingerprint().high(), Long::compareUnsigned)
                .thenComparing(newest -> newest.fingerprint().low(), Long::compareUnsigned);

        Newest or(Newest other) {
            return ORDER.compare(this, other) >= 0 ? this : other;
        }
    }

    static TruthCell of(Newest event) {
        return new TruthCell(event.quantity(), 1, event.fingerprint(), event);
    }

    TruthCell plus(TruthCell other, Aggregation aggregation) {
        Newest newer = newest.or(other.newest);
        BigDecimal total = switch (aggregation) {
            case SUM, COUNT -> quantity.add(other.quantity);
            case MAX -> quantity.max(other.quantity);
            case LAST -> newer.quantity();
        };
        return new TruthCell(total, eventCount + other.eventCount, digest.plus(other.digest), newer);
    }
}
