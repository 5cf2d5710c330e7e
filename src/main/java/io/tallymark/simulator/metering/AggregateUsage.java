package io.tallymark.simulator.metering;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.NavigableMap;

/** How a legacy price makes one number of a period's usage records. */
public enum AggregateUsage {
    /** All quantities together; the default. */
    SUM,
    /** The quantity of the newest timestamp of the period. */
    LAST_DURING_PERIOD,
    /** The quantity of the newest timestamp up to the period's end, of whatever period. */
    LAST_EVER,
    /** The greatest quantity of one timestamp. */
    MAX;

    /** The name that Stripe's API has for it. */
    public String apiName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Of quantities by timestamp, from {@code start} to before {@code end}. */
    BigDecimal of(NavigableMap<Long, BigDecimal> quantities, long start, long end) {
        NavigableMap<Long, BigDecimal> period = quantities.subMap(start, true, end, false);
        return switch (this) {
            case SUM -> period.values().stream().reduce(BigDecimal.ZERO, BigDecimal::add);
            case MAX -> period.values().stream().reduce(BigDecimal.ZERO, BigDecimal::max);
            case LAST_DURING_PERIOD -> newest(period);
            case LAST_EVER -> newest(quantities.headMap(end, false));
        };
    }

    private static BigDecimal newest(NavigableMap<Long, BigDecimal> quantities) {
        return quantities.isEmpty() ? BigDecimal.ZERO : quantities.lastEntry().getValue();
    }
}
