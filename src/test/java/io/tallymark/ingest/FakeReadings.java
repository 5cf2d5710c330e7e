package io.tallymark.ingest;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/** A topic as a table in memory. */
final class FakeReadings implements TopicReadings {
    static final String TOPIC_ID = "id-1";

    final Map<Integer, OffsetRange> ranges = new TreeMap<>();
    final Map<Integer, Long> firstAppends = new HashMap<>();
    String topicId = TOPIC_ID;

    @Nullable
    Supplier<KafkaException> outage;

    boolean closed;

    FakeReadings partition(int partition, long begin, long end) {
        ranges.put(partition, new OffsetRange(begin, end));
        return this;
    }

    @Override
    public Layout layout() {
        requireAnswer();
        return new Layout(topicId, ranges.keySet());
    }

    @Override
    public Map<Integer, OffsetRange> ranges(Set<Integer> partitions) {
        requireAnswer();
        return Map.copyOf(ranges);
    }

    @Override
    public Map<Integer, Long> committedEnds(Set<Integer> partitions) {
        requireAnswer();
        Map<Integer, Long> ends = new HashMap<>();
        partitions.forEach(partition -> ends.put(
                partition, ranges.getOrDefault(partition, new OffsetRange(0, 0)).end()));
        return ends;
    }

    @Override
    public Map<Integer, Long> offsetsFrom(Set<Integer> partitions, long appendTimeMillis) {
        throw new UnsupportedOperationException("nobody who is tested with this asks");
    }

    @Override
    public Map<Integer, Long> firstAppendMillis(Set<Integer> partitions) {
        requireAnswer();
        return firstAppends;
    }

    @Override
    public void close() {
        closed = true;
    }

    private void requireAnswer() {
        if (outage != null) {
            throw outage.get();
        }
    }
}
