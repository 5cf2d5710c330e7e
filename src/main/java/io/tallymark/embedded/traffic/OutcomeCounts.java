package io.tallymark.embedded.traffic;

import io.tallymark.usage.RejectReason;
import java.util.EnumMap;
import java.util.Map;

/**
 * What became of some records, as the truth or the balance sheet has it: read = counted + withdrawn + duplicates + conflicts + waiting voids + ignored + dead letters.
 *
 * @param read all records
 * @param counted distinct events that fed at least one meter, those that were withdrawn again included
 * @param withdrawn voids that took a counted event out again
 * @param duplicates further records of counted events, and of voids
 * @param conflicts repeats of counted events with another quantity or time
 * @param voidWaiting voids whose event never came
 * @param ignored events of a type that no meter listens to
 * @param deadLettered refused records by reason; reasons without any are absent
 */
public record OutcomeCounts(
        long read,
        long counted,
        long withdrawn,
        long duplicates,
        long conflicts,
        long voidWaiting,
        long ignored,
        Map<RejectReason, Long> deadLettered) {
    public OutcomeCounts {
        Map<RejectReason, Long> copy = new EnumMap<>(RejectReason.class);
        copy.putAll(deadLettered);
        deadLettered = Map.copyOf(copy);
    }

    public long deadLetters() {
        return deadLettered.values().stream().mapToLong(Long::longValue).sum();
    }
}
