package io.tallymark.embedded.traffic;

import io.tallymark.usage.RejectReason;
import java.util.BitSet;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/** Collects the truth record by record, in any order. Thread safe: acknowledgements arrive on the producer's own thread. */
public final class TruthKeeper {
    private final TruthCells cells = new TruthCells();
    private final Map<RejectReason, Long> deadLettered = new EnumMap<>(RejectReason.class);
    private final BitSet seen = new BitSet();
    /** Events with voids: they enter the totals when the truth is asked for. */
    private final Map<Integer, Story> stories = new HashMap<>();

    private long read;
    private long counted;
    private long duplicates;
    private long conflicts;
    private long ignored;

    /** Notes a record that is in Kafka for certain. */
    public synchronized void stored(Expectation expectation) {
        read++;
        expectation.applyTo(this);
    }

    /** Everything noted so far. */
    public synchronized Truth truth() {
        TruthCells totals = cells.copy();
        for (Story story : stories.values()) {
            if (story.withdrawn()) {
                totals.withdraw(story.event());
            } else if (story.counted()) {
                totals.count(story.event());
            }
        }
        return new Truth(counts(stories.values()), totals.rows());
    }

    void usage(Expectation.Usage event) {
        if (event.voided()) {
            story(event).addEvent();
        } else if (seen.get(event.number())) {
            duplicates++;
        } else {
            seen.set(event.number());
            counted++;
            cells.count(event);
        }
    }

    void withdrawal(Expectation.Withdrawal aVoid) {
        story(aVoid.event()).addVoid(aVoid.matching());
    }

    void conflict() {
        conflicts++;
    }

    void deadLetter(RejectReason reason) {
        deadLettered.merge(reason, 1L, Long::sum);
    }

    void ignored() {
        ignored++;
    }

    private Story story(Expectation.Usage event) {
        return stories.computeIfAbsent(event.number(), number -> new Story(event));
    }

    private OutcomeCounts counts(Collection<Story> all) {
        Map<RejectReason, Long> refused = new EnumMap<>(RejectReason.class);
        refused.putAll(deadLettered);
        long mismatches = all.stream().mapToLong(Story::refusedVoids).sum();
        if (mismatches > 0) {
            refused.merge(RejectReason.VOID_MISMATCH, mismatches, Long::sum);
        }
        return new OutcomeCounts(
                read,
                counted + number(all, Story::counted),
                number(all, Story::withdrawn),
                duplicates + all.stream().mapToLong(Story::duplicates).sum(),
                conflicts,
                number(all, Story::voidWaiting),
                ignored,
                refused);
    }

    private static long number(Collection<Story> all, Predicate<Story> which) {
        return all.stream().filter(which).count();
    }
}
