package io.tallymark.ingest;

import io.tallymark.usage.RejectReason;
import java.util.EnumMap;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/** The metrics of what was read: one counter for each end that a record can find here, rejections by reason. */
final class IntakeCounters {
    private final Counter accepted;
    private final Counter ignored;
    private final Counter uncovered;
    private final Map<RejectReason, Counter> rejected = new EnumMap<>(RejectReason.class);

    IntakeCounters(MetricGroup metrics) {
        accepted = metrics.counter("acceptedEvents");
        ignored = metrics.counter("ignoredEvents");
        uncovered = metrics.counter("uncoveredEvents");
        for (RejectReason reason : RejectReason.values()) {
            rejected.put(reason, metrics.addGroup("reason", reason.name()).counter("rejectedRecords"));
        }
    }

    void accepted() {
        accepted.inc();
    }

    void ignored() {
        ignored.inc();
    }

    void uncovered() {
        uncovered.inc();
    }

    void rejected(RejectReason reason) {
        Counter counter = rejected.get(reason);
        if (counter == null) {
            throw new IllegalStateException("no counter for " + reason);
        }
        counter.inc();
    }
}
