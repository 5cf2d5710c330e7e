package io.tallymark.embedded.traffic;

import io.tallymark.usage.RejectReason;
import java.util.EnumMap;
import java.util.Map;

/**
 * What must have become of the records: read = counted + duplicates + dead letters + ignored.
 *
 * @param read all records
 * @param counted distinct events that fed at least one meter
 * @param duplicates further records of counted events
 * @param ignored events of a type that no meter listens to
 * @param deadLettered refused records by reason; reasons without any are absent
 */
public record TruthCounts(
        long read, long counted, long duplicates, long ignored, Map<RejectReason, Long> deadLettered) {
    public TruthCounts {
        Map<RejectReason, Long> copy = new EnumMap<>(RejectReason.class);
        copy.putAll(deadLettered);
        deadLettered = Map.copyOf(copy);
    }

    public long deadLetters() {
        return deadLettered.values().stream().mapToLong(Long::longValue).sum();
    }
}
