package io.tallymark.simulator;

import java.math.BigDecimal;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongUnaryOperator;

/**
 * What was counted, per customer and meter. A raw meter keeps every event, summed by the minute; a meter with a window keeps only the
 * event received last in each slot. Thread safe.
 */
final class UsageLedger {
    private static final long MINUTE = 60;
    private static final long HOUR = 3_600;
    private static final long DAY = 86_400;

    private final Map<Account, NavigableMap<Long, UsageBucket>> accounts = new ConcurrentHashMap<>();

    /** The customer and the meter whose events add up. */
    record Account(String meterId, String customer) {}

    void add(SimulatedMeter meter, String customer, BigDecimal value, long timestampSeconds) {
        NavigableMap<Long, UsageBucket> slots =
                accounts.computeIfAbsent(new Account(meter.id(), customer), account -> new TreeMap<>());
        long slot = Math.floorDiv(timestampSeconds, slotSeconds(meter));
        UsageBucket event = UsageBucket.of(value, timestampSeconds);
        synchronized (slots) {
            if (meter.window().equals(SimulatedMeter.RAW)) {
                slots.merge(slot, event, UsageBucket::plus);
            } else {
                slots.put(slot, event);
            }
        }
    }

    /**
     * Everything from {@code start} to before {@code end}, grouped by a key of the timestamp. The bounds are whole minutes, so a slot
     * of a raw meter lies on one side as a whole.
     */
    NavigableMap<Long, UsageBucket> grouped(
            SimulatedMeter meter, String customer, long start, long end, LongUnaryOperator groupOfSeconds) {
        NavigableMap<Long, UsageBucket> groups = new TreeMap<>();
        NavigableMap<Long, UsageBucket> slots = accounts.get(new Account(meter.id(), customer));
        if (slots == null) {
            return groups;
        }
        long size = slotSeconds(meter);
        synchronized (slots) {
            slots.subMap(Math.floorDiv(start, size), true, Math.floorDiv(end - 1, size), true).values().stream()
                    .filter(bucket -> bucket.newestSeconds() >= start && bucket.newestSeconds() < end)
                    .forEach(bucket -> groups.merge(
                            groupOfSeconds.applyAsLong(bucket.newestSeconds()), bucket, UsageBucket::plus));
        }
        return groups;
    }

    private static long slotSeconds(SimulatedMeter meter) {
        return switch (meter.window()) {
            case SimulatedMeter.HOUR -> HOUR;
            case SimulatedMeter.DAY -> DAY;
            default -> MINUTE;
        };
    }
}
