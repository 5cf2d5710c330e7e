package io.tallymark.embedded.traffic;

import java.util.Comparator;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.random.RandomGenerator;

/** Events that will be sent a second time: half of them within the next few records, half much later. */
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

    private record Repeat(long dueIndex, long fromIndex, TrafficRecord record) {}

    void add(TrafficRecord record, long index) {
        long distance = 1 + random.nextLong(random.nextBoolean() ? SOON : later);
        waiting.add(new Repeat(index + distance, index, record));
    }

    /** One that is due at this index. */
    Optional<TrafficRecord> due(long index) {
        Repeat first = waiting.peek();
        if (first == null || first.dueIndex() > index) {
            return Optional.empty();
        }
        waiting.remove();
        return Optional.of(first.record());
    }
}
