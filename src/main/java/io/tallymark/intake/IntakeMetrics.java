package io.tallymark.intake;

import io.tallymark.usage.IntakeTally;
import io.tallymark.usage.Outcome;
import io.tallymark.usage.RejectReason;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.jspecify.annotations.Nullable;

/**
 * The columns of the balance sheet as Flink metrics, all there from the start: {@code read}, {@code records} by {@code outcome} and
 * {@code deadLetters} by {@code reason}. Like every counter of Flink they count since the attempt began; the table counts for ever.
 */
final class IntakeMetrics {
    private final Counter read;
    private final Map<Outcome, Counter> byOutcome = new EnumMap<>(Outcome.class);
    private final Map<String, Counter> byReason = new HashMap<>();

    IntakeMetrics(MetricGroup group) {
        read = group.counter("read");
        for (Outcome outcome : Outcome.values()) {
            byOutcome.put(outcome, group.addGroup("outcome", outcome.name()).counter("records"));
        }
        for (RejectReason reason : RejectReason.values()) {
            byReason.put(reason.name(), group.addGroup("reason", reason.name()).counter("deadLetters"));
        }
    }

    void add(IntakeTally part) {
        read.inc(part.read());
        part.outcomes().forEach((label, count) -> {
            inc(byOutcome.get(IntakeTally.outcome(label)), count);
            inc(byReason.get(IntakeTally.detail(label)), count);
        });
    }

    private static void inc(@Nullable Counter counter, long count) {
        if (counter != null) {
            counter.inc(count);
        }
    }
}
