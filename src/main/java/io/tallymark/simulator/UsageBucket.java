package io.tallymark.simulator;

import java.math.BigDecimal;

/**
 * Events of one slot of time, reduced to what any formula needs.
 *
 * @param sum of the values
 * @param count of the events
 * @param newestSeconds greatest timestamp, epoch seconds
 * @param newestValue value of the event with that timestamp; of several, of the one received last
 */
record UsageBucket(BigDecimal sum, long count, long newestSeconds, BigDecimal newestValue) {
    static UsageBucket of(BigDecimal value, long timestampSeconds) {
        return new UsageBucket(value, 1, timestampSeconds, value);
    }

    /** Both together; {@code later} was received later. */
    UsageBucket plus(UsageBucket later) {
        UsageBucket newest = later.newestSeconds >= newestSeconds ? later : this;
        return new UsageBucket(sum.add(later.sum), count + later.count, newest.newestSeconds, newest.newestValue);
    }

    BigDecimal aggregate(String formula) {
        return switch (formula) {
            case SimulatedMeter.SUM -> sum;
            case SimulatedMeter.COUNT -> BigDecimal.valueOf(count);
            case SimulatedMeter.LAST -> newestValue;
            default -> throw new IllegalArgumentException("no such formula: " + formula);
        };
    }
}
