package io.tallymark.audit;

import io.tallymark.ingest.BoundedUsageEvents.Span;
import io.tallymark.ingest.IngestSettings;
import io.tallymark.topology.ReplayScope;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/** Which part of the topic a replay must read, and for which hours the topic is still long enough. Plain rules. */
final class ReplaySpans {
    private ReplaySpans() {}

    /**
     * The append time from which to read, so that every decision about an event of these hours is the one that metering made.
     *
     * <p>An event of the first hour is stored 5 minutes before the hour at the earliest. Whether it is the first of its identity depends
     * on the records of that identity that are still known when it is stored: those whose own time is at most max-lateness older, so
     * which were stored at most max-lateness and 5 minutes before it.
     */
    static Instant readFrom(ReplayScope scope, Duration maxLateness) {
        return scope.first().start().minus(maxLateness).minus(IngestSettings.MAX_AHEAD.multipliedBy(2));
    }

    /**
     * What to read; partitions without anything to read are missing.
     *
     * @param begins first offset that is still there
     * @param from first offset stored late enough to matter; missing: none
     * @param ends where the replay ends; missing: nothing was ever read
     */
    static Map<Integer, Span> of(Map<Integer, Long> begins, Map<Integer, Long> from, Map<Integer, Long> ends) {
        Map<Integer, Span> spans = new TreeMap<>();
        ends.forEach((partition, end) -> {
            long first = Math.max(begins.getOrDefault(partition, 0L), from.getOrDefault(partition, end));
            if (first < end) {
                spans.put(partition, new Span(first, end));
            }
        });
        return spans;
    }

    /** Whether metering has read every record that was there. */
    static boolean reached(Map<Integer, Long> begins, Map<Integer, Long> read, Map<Integer, Long> ends) {
        return ends.entrySet().stream()
                .allMatch(end ->
                        read.getOrDefault(end.getKey(), begins.getOrDefault(end.getKey(), 0L)) >= end.getValue());
    }

    /**
     * The append time at which the topic begins for everybody: the latest begin of the partitions whose older records are gone. Empty
     * when nothing is gone.
     *
     * @param cutShort partitions whose older records are gone
     * @param emptySinceMillis stands in for partitions that hold nothing any more
     */
    static OptionalLong beginMillis(
            Set<Integer> cutShort, Map<Integer, Long> firstAppendMillis, long emptySinceMillis) {
        return cutShort.stream()
                .mapToLong(partition -> firstAppendMillis.getOrDefault(partition, emptySinceMillis))
                .max();
    }
}
