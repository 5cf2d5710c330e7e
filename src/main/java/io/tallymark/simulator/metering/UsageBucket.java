package io.tallymark.simulator.metering;

import java.math.BigDecimal;

/**
 * Events of some range of time, reduced to what any formula needs.
 *
 * @param sum of the values
 * @param count of the events
 * @param newestSeconds greatest timestamp, epoch seconds
 * @param newestValue value of the event with that timestamp; of several, of the one received last
 */
public record UsageBucket(BigDecimal sum, long count, long newestSeconds, BigDecimal newestValue) {
    static final UsageBucket EMPTY = new UsageBucket(BigDecimal.ZERO, 0, Long.MIN_VALUE, BigDecimal.ZERO);

    static UsageBucket of(UsageEvent event) {
        return new UsageBucket(event.value(), 1, event.timestampSeconds(), event.value());
    }

    /** Both together; {@code later} was received later. */
    UsageBucket plus(UsageBucket later) {
        UsageBucket newest = later.newestSeconds >= newestSeconds ? later : this;
        return new UsageBucket(sum.add(later.sum), count + later.count, newest.newestSeconds, newest.newestValue);
    }

    /** Without one event; good for sum and count only. */
    UsageBucket minus(BigDecimal value) {
        return count == 1 ? EMPTY : new UsageBucket(sum.subtract(value), count - 1, newestSeconds, newestValue);
    }

    boolean isEmpty() {
        return count == 0;
    }

    public BigDecimal aggregate(String formula) {
        return switch (formula) {
            case SimulatedMeter.SUM -> sum;
            case SimulatedMeter.COUNT -> BigDecimal.valueOf(count);
            case SimulatedMeter.LAST -> newestValue;
            default -> throw new IllegalArgumentException("no such formula: " + formula);
        };
    }
}
