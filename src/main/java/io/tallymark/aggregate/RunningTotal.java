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
        int revision,
        boolean closed) {
    static final RunningTotal EMPTY = new RunningTotal(BigDecimal.ZERO, 0, 0, 0, Long.MIN_VALUE, 0, 0, 0, 0, false);

    RunningTotal plus(Contribution contribution, Aggregation aggregation) {
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
        return new HourlyTotal(
                key, epochHour, quantity, eventCount, digestHigh, digestLow, withdrawnCount, revision, closed);
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

    private boolean isNewest(Contribution contribution) {
        if (eventCount == 0 || contribution.timeMillis() != lastTimeMillis) {
            return eventCount == 0 || contribution.timeMillis() > lastTimeMillis;
        }
        int high = Long.compareUnsigned(contribution.fingerprintHigh(), lastHigh);
        return high > 0 || (high == 0 && Long.compareUnsigned(contribution.fingerprintLow(), lastLow) > 0);
    }
}
