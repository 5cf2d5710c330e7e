package io.tallymark.deadletter;

import io.tallymark.usage.Origin;
import io.tallymark.usage.RejectReason;
import io.tallymark.usage.TopicScan;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which letters are meant; all conditions must hold.
 *
 * @param reasons any of these; empty for all
 * @param fromMillis append time of the rejected record at or after this, ms since the epoch
 * @param toMillis append time before this
 * @param partition of the letter
 * @param offset of the letter
 * @param origin of the rejected record
 */
public record LetterSelection(
        Set<RejectReason> reasons,
        long fromMillis,
        long toMillis,
        Optional<Integer> partition,
        Optional<Long> offset,
        Optional<Origin> origin) {
    public static final LetterSelection ALL = new LetterSelection(
            Set.of(), Long.MIN_VALUE, Long.MAX_VALUE, Optional.empty(), Optional.empty(), Optional.empty());

    /** One letter, by its position. */
    public static LetterSelection at(int partition, long offset) {
        return new LetterSelection(
                Set.of(),
                Long.MIN_VALUE,
                Long.MAX_VALUE,
                Optional.of(partition),
                Optional.of(offset),
                Optional.empty());
    }

    boolean matches(DeadLetter letter) {
        return (reasons.isEmpty() || reasons.contains(letter.reason()))
                && letter.appendTimeMillis() >= fromMillis
                && letter.appendTimeMillis() < toMillis
                && (origin.isEmpty() || letter.origin().equals(origin.get()));
    }

    /** The part of the topic that can hold selected letters. */
    Map<Integer, TopicScan.Range> within(Map<Integer, TopicScan.Range> everything) {
        return everything.entrySet().stream()
                .filter(entry -> partition.isEmpty() || partition.get().equals(entry.getKey()))
                .collect(Collectors.toMap(Map.Entry::getKey, entry -> narrowed(entry.getValue())));
    }

    private TopicScan.Range narrowed(TopicScan.Range range) {
        return offset.map(only -> new TopicScan.Range(Math.max(only, range.from()), Math.min(only + 1, range.to())))
                .orElse(range);
    }
}
