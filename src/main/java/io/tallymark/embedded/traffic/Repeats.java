package io.tallymark.embedded.traffic;

import java.util.Comparator;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.random.RandomGenerator;

/** Records that will be sent later: half of them within the next few records, half much later. */
final class Repeats {
    private static final int SOON = 10;
    /** Bounds how many wait; of a simulated day of up to four million records it is six hours. */
    private static final long MAX_LATER = 1_000_000;

    private static final int FRACTION_OF_ALL = 4;

    private final PriorityQueue<Repeat> waiting =
            new PriorityQueue<>(Comparator.comparingLong(Repeat::dueIndex).thenComparingLong(Repeat::fromIndex));
    private final RandomGenerator random;
    private final long later;

    Repeats(long records, RandomGenerator random) {
        this.random = random;
        this.later = Math.max(SOON, Math.min(MAX_LATER, records / FRACTION_OF_ALL));
    }

    /** A record that waits; {@code pinned} when it belongs into its own partition and no other. */
    record Repeat(long dueIndex, long fromIndex, TrafficRecord record, boolean pinned) {}

    /** Into any partition. */
    void add(TrafficRecord record, long index) {
        add(record, index, false);
    }

    /** Into the partition that the record names, so that it certainly comes after what is sent there before. */
    void addPinned(TrafficRecord record, long index) {
        add(record, index, true);
    }

    /** One that is due at this index. */
    Optional<Repeat> due(long index) {
        Repeat first = waiting.peek();
        if (first == null || first.dueIndex() > index) {
            return Optional.empty();
        }
        waiting.remove();
        return Optional.of(first);
    }

    private void add(TrafficRecord record, long index, boolean pinned) {
        long distance = 1 + random.nextLong(random.nextBoolean() ? SOON : later);
        waiting.add(new Repeat(index + distance, index, record, pinned));
    }
}
