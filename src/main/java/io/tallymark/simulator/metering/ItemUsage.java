package io.tallymark.simulator.metering;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.NavigableMap;
import java.util.TreeMap;

/** The usage records of one item: quantities by timestamp that summaries show by now, and the records that they do not show yet. Thread safe. */
final class ItemUsage {
    private final NavigableMap<Long, BigDecimal> shown = new TreeMap<>();
    private final Deque<UsageRecord> hidden = new ArrayDeque<>();

    /** One record: {@code set} overwrites its timestamp's quantity, an increment adds to it. */
    record UsageRecord(long timestampSeconds, BigDecimal quantity, boolean set, Instant receivedAt) {
        void applyTo(NavigableMap<Long, BigDecimal> quantities) {
            quantities.merge(timestampSeconds, quantity, set ? (old, latest) -> latest : BigDecimal::add);
        }
    }

    synchronized void add(UsageRecord usage, Instant horizon) {
        hidden.addLast(usage);
        show(horizon);
    }

    /** What was received up to the horizon. */
    synchronized NavigableMap<Long, BigDecimal> shown(Instant horizon) {
        show(horizon);
        return new TreeMap<>(shown);
    }

    synchronized NavigableMap<Long, BigDecimal> all() {
        NavigableMap<Long, BigDecimal> all = new TreeMap<>(shown);
        hidden.forEach(usage -> usage.applyTo(all));
        return all;
    }

    private void show(Instant horizon) {
        while (!hidden.isEmpty() && !hidden.getFirst().receivedAt().isAfter(horizon)) {
            hidden.removeFirst().applyTo(shown);
        }
    }
}
