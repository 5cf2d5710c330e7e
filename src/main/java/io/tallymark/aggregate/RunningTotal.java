package io.tallymark.aggregate;

import io.tallymark.usage.Aggregation;
import io.tallymark.usage.Contribution;
import io.tallymark.usage.Fingerprint;
import io.tallymark.usage.HourlyTotal;
import io.tallymark.usage.UsageKey;
import java.math.BigDecimal;

/**
 * The state of one hour's total: a value that grows by contributions and does not depend on their order. Plain rule, no Flink.
 *
 * @param lastTimeMillis event time of the contribution that decides a LAST total
 * @param lastHigh upper half of that contribution's fingerprint, which breaks ties
 * @param lastLow lower half
 * @param stale whether the contribution that decided a MAX or LAST total was taken out: the quantity means nothing until {@link
 *     #decidedBy}
 */
public record RunningTotal(
        BigDecimal quantity,
        long eventCount,
        long digestHigh,
        long digestLow,
        long lastTimeMillis,
        long lastHigh,
        long lastLow,
        long withdrawnCount,
        boolean stale,
        int revision,
        boolean closed) {
    static final RunningTotal EMPTY =
            new RunningTotal(BigDecimal.ZERO, 0, 0, 0, Long.MIN_VALUE, 0, 0, 0, false, 0, false);

    /** Adds what a counted event contributed, or takes it out. */
    RunningTotal with(Contribution contribution, Aggregation aggregation) {
        return contribution.withdrawn() ? minus(contribution, aggregation) : plus(contribution, aggregation);
    }

    /** Adds what some contributions to a SUM or COUNT total are together. */
    RunningTotal with(Subtotal subtotal) {
        long events = eventCount + subtotal.counted() - subtotal.withdrawn();
        if (events < 0) {
            throw new IllegalStateException(subtotal.withdrawn() + " events of " + subtotal.key() + " in the hour "
                    + subtotal.hour() + " were withdrawn, but only " + (eventCount + subtotal.counted())
                    + " are counted there");
        }
        Fingerprint digest = new Fingerprint(digestHigh, digestLow).plus(subtotal.digest());
        if (events == 0 && !digest.equals(Fingerprint.ZERO)) {
            throw new IllegalStateException("the last events of " + subtotal.key() + " in the hour " + subtotal.hour()
                    + " were withdrawn, but they are not those that are counted there");
        }
        return new RunningTotal(
                events == 0 ? BigDecimal.ZERO : quantity.add(subtotal.quantity()),
                events,
                digest.high(),
                digest.low(),
                lastTimeMillis,
                lastHigh,
                lastLow,
                withdrawnCount + subtotal.withdrawn(),
                stale,
                revision,
                closed);
    }

    /** How many contributions, withdrawals included, have gone into it. */
    long contributions() {
        return eventCount + 2 * withdrawnCount;
    }

    /**
     * A stale total, whose value is that of another one.
     *
     * @param remaining the same contributions added up again without those that were taken out
     */
    RunningTotal decidedBy(RunningTotal remaining) {
        if (remaining.eventCount != eventCount
                || remaining.digestHigh != digestHigh
                || remaining.digestLow != digestLow) {
            throw new IllegalStateException("the log of an hour holds " + remaining.eventCount
                    + " events that are not withdrawn, its total " + eventCount + ", or they are not the same");
        }
        return new RunningTotal(
                remaining.quantity,
                eventCount,
                digestHigh,
                digestLow,
                remaining.lastTimeMillis,
                remaining.lastHigh,
                remaining.lastLow,
                withdrawnCount,
                false,
                revision,
                closed);
    }

    /** The total as it is written when the watermark has passed the hour. */
    RunningTotal close() {
        return written(true);
    }

    /** The total as it is written after a change: an open hour keeps revision 0. */
    RunningTotal revise() {
        return written(closed);
    }

    HourlyTotal asRow(UsageKey key, long epochHour) {
        if (stale) {
            throw new IllegalStateException("the total of " + key + " lost what decided it and was not computed again");
        }
        return new HourlyTotal(
                key,
                epochHour,
                canonical(quantity),
                eventCount,
                digestHigh,
                digestLow,
                withdrawnCount,
                revision,
                closed);
    }

    private RunningTotal plus(Contribution contribution, Aggregation aggregation) {
        Fingerprint digest = new Fingerprint(digestHigh, digestLow).plus(contribution.fingerprint());
        boolean newest = isNewest(contribution);
        return new RunningTotal(
                combined(contribution, aggregation, newest),
                eventCount + 1,
                digest.high(),
                digest.low(),
                newest ? contribution.timeMillis() : lastTimeMillis,
                newest ? contribution.fingerprintHigh() : lastHigh,
                newest ? contribution.fingerprintLow() : lastLow,
                withdrawnCount,
                stale,
                revision,
                closed);
    }

    private RunningTotal minus(Contribution contribution, Aggregation aggregation) {
        if (eventCount == 0) {
            throw new IllegalStateException("an event of " + contribution.key() + " in the hour " + contribution.hour()
                    + " was withdrawn, but none is counted there");
        }
        Fingerprint digest = new Fingerprint(digestHigh, digestLow).minus(contribution.fingerprint());
        boolean none = eventCount == 1;
        if (none && !digest.equals(Fingerprint.ZERO)) {
            throw new IllegalStateException("the last event of " + contribution.key() + " in the hour "
                    + contribution.hour() + " was withdrawn, but it is not the one that is counted there");
        }
        RunningTotal rest = none ? EMPTY : this;
        return new RunningTotal(
                none ? BigDecimal.ZERO : reduced(contribution, aggregation),
                eventCount - 1,
                digest.high(),
                digest.low(),
                rest.lastTimeMillis,
                rest.lastHigh,
                rest.lastLow,
                withdrawnCount + 1,
                !none && (stale || decides(contribution, aggregation)),
                revision,
                closed);
    }

    private RunningTotal written(boolean nowClosed) {
        return new RunningTotal(
                quantity,
                eventCount,
                digestHigh,
                digestLow,
                lastTimeMillis,
                lastHigh,
                lastLow,
                withdrawnCount,
                stale,
                nowClosed ? revision + 1 : revision,
                nowClosed);
    }

    private BigDecimal combined(Contribution contribution, Aggregation aggregation, boolean newest) {
        BigDecimal value = contribution.quantity();
        return switch (aggregation) {
            case SUM, COUNT -> quantity.add(value);
            case MAX -> eventCount == 0 ? value : quantity.max(value);
            case LAST -> newest ? value : quantity;
        };
    }

    private BigDecimal reduced(Contribution contribution, Aggregation aggregation) {
        return switch (aggregation) {
            case SUM, COUNT -> quantity.subtract(contribution.quantity());
            case MAX, LAST -> quantity;
        };
    }

    private boolean decides(Contribution contribution, Aggregation aggregation) {
        return switch (aggregation) {
            case SUM, COUNT -> false;
            case MAX -> contribution.quantity().compareTo(quantity) == 0;
            case LAST ->
                contribution.timeMillis() == lastTimeMillis
                        && contribution.fingerprintHigh() == lastHigh
                        && contribution.fingerprintLow() == lastLow;
        };
    }

    private boolean isNewest(Contribution contribution) {
        if (eventCount == 0 || contribution.timeMillis() != lastTimeMillis) {
            return eventCount == 0 || contribution.timeMillis() > lastTimeMillis;
        }
        int high = Long.compareUnsigned(contribution.fingerprintHigh(), lastHigh);
        return high > 0 || (high == 0 && Long.compareUnsigned(contribution.fingerprintLow(), lastLow) > 0);
    }

    /** One form for one value, 1 and never 1.0 or 1E+0: what was added and taken out again must leave no trace in a row. */
    private static BigDecimal canonical(BigDecimal quantity) {
        BigDecimal stripped = quantity.stripTrailingZeros();
        return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
    }
}
