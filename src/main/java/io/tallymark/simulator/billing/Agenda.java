package io.tallymark.simulator.billing;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Consumer;

/**
 * What is to be done and when, by the simulator's clock. However far the clock jumps, everything happens in order of its time, and sees
 * the time that it was due. An entry may be out of date when its time comes: who made it checks. The caller locks it.
 */
final class Agenda {
    private final PriorityQueue<Entry> entries = new PriorityQueue<>(
            Comparator.comparing(Entry::at).thenComparing(Entry::turn).thenComparing(Entry::number));
    private final List<Consumer<Instant>> always = new ArrayList<>();
    private long last;

    /** Who comes first of what is due at the same instant. */
    enum Turn {
        PERIODS,
        PHASES,
        INVOICES
    }

    private record Entry(Instant at, Turn turn, long number, Consumer<Instant> action) {}

    void at(Instant at, Turn turn, Consumer<Instant> action) {
        entries.add(new Entry(at, turn, last++, action));
    }

    /** Something that depends on more than the time: it is looked at after everything that was due. */
    void always(Consumer<Instant> action) {
        always.add(action);
    }

    private boolean isDue(Instant now) {
        Entry next = entries.peek();
        return next != null && !next.at().isAfter(now);
    }

    /**
     * Does what is due.
     *
     * @param before runs ahead of each entry with its time, and at the end with the present
     */
    void run(Instant now, Consumer<Instant> before) {
        while (isDue(now)) {
            Entry entry = entries.remove();
            before.accept(entry.at());
            entry.action().accept(entry.at());
        }
        before.accept(now);
        always.forEach(action -> action.accept(now));
    }
}
