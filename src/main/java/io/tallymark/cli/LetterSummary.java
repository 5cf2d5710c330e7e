package io.tallymark.cli;

import io.tallymark.deadletter.DeadLetter;
import io.tallymark.deadletter.DeadLetterTopic;
import io.tallymark.usage.RejectReason;
import java.io.PrintWriter;
import java.util.EnumMap;
import java.util.Map;

/** Counts letters by reason, so that a summary is complete however few lines are shown. */
final class LetterSummary {
    private final Map<RejectReason, Long> counts = new EnumMap<>(RejectReason.class);

    void add(DeadLetter letter) {
        counts.merge(letter.reason(), 1L, Long::sum);
    }

    long total() {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    void print(PrintWriter out, DeadLetterTopic.Reading reading) {
        counts.forEach((reason, count) -> out.printf("  %-20s %,12d%n", reason, count));
        out.printf("  %-20s %,12d%n", "all", total());
        if (reading.repeats() > 0) {
            out.printf("  %,d more were written twice by a crash and are left out%n", reading.repeats());
        }
        if (reading.strangers() > 0) {
            out.printf("  %,d records of the topic are no letters of ours and are left out%n", reading.strangers());
        }
    }
}
