package io.tallymark.simulator.metering;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The usage of one customer and meter, in slots of time: what summaries show by now, and the changes that they do not show yet. The
 * caller locks it.
 */
final class AccountUsage {
    private static final long HOUR = 3_600;
    private static final long DAY = 86_400;

    private final SimulatedMeter meter;
    private final NavigableMap<Long, UsageSlot> shown = new TreeMap<>();
    private final Deque<Change> hidden = new ArrayDeque<>();

    AccountUsage(SimulatedMeter meter) {
        this.meter = meter;
    }

    /** An event counted, or cancelled, at a time by the simulator's clock. */
    record Change(UsageEvent event, boolean cancel, Instant at) {}

    void add(Change change) {
        hidden.addLast(change);
    }

    /** Shows the changes up to an instant. */
    void show(Instant newest) {
        while (!hidden.isEmpty() && !hidden.getFirst().at().isAfter(newest)) {
            apply(shown, hidden.removeFirst());
        }
    }

    SimulatedMeter meter() {
        return meter;
    }

    NavigableMap<Long, UsageSlot> shown() {
        return shown;
    }

    /** Whether summaries show it or not. */
    NavigableMap<Long, UsageSlot> all() {
        if (hidden.isEmpty()) {
            return shown;
        }
        NavigableMap<Long, UsageSlot> all = new TreeMap<>(shown);
        hidden.forEach(change -> apply(all, change));
        return all;
    }

    long slotOf(long timestampSeconds) {
        return Math.floorDiv(timestampSeconds, slotSeconds());
    }

    private void apply(NavigableMap<Long, UsageSlot> slots, Change change) {
        slots.compute(slotOf(change.event().timestampSeconds()), (at, present) -> {
            UsageSlot slot = present == null ? UsageSlot.empty(meter) : present;
            return change.cancel() ? slot.minus(change.event()) : slot.plus(change.event());
        });
    }

    private long slotSeconds() {
        return switch (meter.window()) {
            case SimulatedMeter.HOUR -> HOUR;
            case SimulatedMeter.DAY -> DAY;
            // Invoices cut at the second at which a price changes.
            default -> 1;
        };
    }
}
