package io.tallymark.embedded.traffic;

import io.tallymark.usage.Aggregation;
import io.tallymark.usage.Fingerprint;
import java.math.BigDecimal;
import java.util.Comparator;
import java.util.Optional;

/** The events of one hour's total so far, folded. A model on purpose: it shares no code with the aggregation it checks. */
record TruthCell(
        BigDecimal quantity, long eventCount, Fingerprint digest, Optional<Newest> newest, long withdrawnCount) {
    /** The total of an hour whose only event was taken out again. */
    static final TruthCell WITHDRAWN = new TruthCell(BigDecimal.ZERO, 0, Fingerprint.ZERO, Optional.empty(), 1);

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
        return new TruthCell(event.quantity(), 1, event.fingerprint(), Optional.of(event), 0);
    }

    TruthCell plus(TruthCell other, Aggregation aggregation) {
        if (newest.isEmpty() || other.newest.isEmpty()) {
            TruthCell whole = newest.isEmpty() ? other : this;
            return new TruthCell(
                    whole.quantity,
                    whole.eventCount,
                    whole.digest,
                    whole.newest,
                    withdrawnCount + other.withdrawnCount);
        }
        Newest newer = newest.get().or(other.newest.get());
        BigDecimal total = switch (aggregation) {
            case SUM, COUNT -> quantity.add(other.quantity);
            case MAX -> quantity.max(other.quantity);
            case LAST -> newer.quantity();
        };
        return new TruthCell(
                total,
                eventCount + other.eventCount,
                digest.plus(other.digest),
                Optional.of(newer),
                withdrawnCount + other.withdrawnCount);
    }
}
