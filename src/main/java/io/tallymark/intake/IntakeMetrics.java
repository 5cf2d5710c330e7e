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
 * {@code deadLetters} by {@code reason}; and {@code unbalancedRows}, rows that were written without adding up, which
 * is never. Like every counter of Flink they count since the attempt began; the table counts for ever.
 */
final class IntakeMetrics {
    private final Counter read;
    private final Counter unbalancedRows;
    private final Map<Outcome, Counter> byOutcome = new EnumMap<>(Outcome.class);
    private final Map<String, Counter> byReason = new HashMap<>();

    IntakeMetrics(MetricGroup group) {
        read = group.counter("read");
        unbalancedRows = group.counter("unbalancedRows");
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

    void written(IntakeTally row) {
        long settled =
                row.outcomes().values().stream().mapToLong(Long::longValue).sum();
        if (settled != row.read()) {
            unbalancedRows.inc();
        }
    }

    private static void inc(@Nullable Counter counter, long count) {
        if (counter != null) {
            counter.inc(count);
        }
    }
}
