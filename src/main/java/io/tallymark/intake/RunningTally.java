package io.tallymark.intake;

import io.tallymark.usage.BillingHour;
import io.tallymark.usage.IntakeEntry;
import io.tallymark.usage.IntakeKey;
import io.tallymark.usage.IntakeTally;
import io.tallymark.usage.Origin;
import io.tallymark.usage.Outcome;
import java.util.HashMap;
import java.util.Map;

/** Adds lines of one row of the balance sheet up, in memory. Order does not matter. */
final class RunningTally {
    private final IntakeKey key;
    private long firstOffset = IntakeTally.NO_OFFSET;
    private long nextOffset;
    private long read;
    private final Map<String, Long> outcomes = new HashMap<>();

    RunningTally(IntakeKey key) {
        this.key = key;
    }

    /** Whether the line is one of this row. */
    boolean isFor(IntakeEntry entry) {
        Origin origin = entry.origin();
        return origin.partition() == key.partition()
                && Math.floorDiv(entry.appendTimeMillis(), BillingHour.MILLIS) == key.epochHour()
                && origin.topic().equals(key.topic());
    }

    void add(IntakeEntry entry) {
        if (entry.read()) {
            read++;
            firstOffset = Math.min(firstOffset, entry.origin().offset());
            nextOffset = Math.max(nextOffset, entry.origin().offset() + 1);
        }
        Outcome outcome = entry.outcome();
        if (outcome != null) {
            outcomes.merge(IntakeTally.label(outcome, entry.detail()), (long) entry.count(), Long::sum);
        }
    }

    void add(IntakeTally part) {
        read += part.read();
        firstOffset = Math.min(firstOffset, part.firstOffset());
        nextOffset = Math.max(nextOffset, part.nextOffset());
        part.outcomes().forEach((label, count) -> outcomes.merge(label, count, Long::sum));
    }

    /** The sums so far; outcomes that cancelled out are left out. */
    IntakeTally tally() {
        Map<String, Long> counts = new HashMap<>(outcomes);
        counts.values().removeIf(count -> count == 0);
        return new IntakeTally(key, firstOffset, nextOffset, read, counts);
    }
}
