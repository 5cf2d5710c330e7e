package io.tallymark.ingest;

import io.tallymark.ingest.TopicReadings.Layout;
import io.tallymark.ingest.TopicReadings.OffsetRange;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Compares where a job would go on with what the topic still holds, before a record is read: after a start, a restore and a failover
 * alike. What it lets pass leaves no gap.
 */
final class OffsetCheck {
    private final StartingPoint start;
    private final TopicReadings readings;

    OffsetCheck(StartingPoint start, TopicReadings readings) {
        this.start = start;
        this.readings = readings;
    }

    /** The next offset to read; a partition that was discovered by a running job is read from its true beginning. */
    static long position(KafkaPartitionSplit split) {
        return Math.max(0, split.getStartingOffset());
    }

    /**
     * Refuses partitions that cannot be read from where they were left.
     *
     * @throws SuppressRestartsException with the reason and the remedy
     * @throws KafkaException when the broker does not answer; a restart may mend that
     */
    void require(List<KafkaPartitionSplit> splits) {
        if (splits.isEmpty()) {
            return;
        }
        splits.forEach(this::requireTopic);
        Layout layout = layout();
        splits.forEach(split -> requirePartition(split, layout));
        if (!start.isOfTopicId(layout.topicId())) {
            throw Refusal.recreatedTopic(start.topic());
        }
        Set<Integer> partitions =
                splits.stream().map(KafkaPartitionSplit::getPartition).collect(Collectors.toSet());
        Map<Integer, OffsetRange> ranges = readings.ranges(partitions);
        splits.forEach(split -> requireOffset(split, ranges));
    }

    private void requireTopic(KafkaPartitionSplit split) {
        if (!split.getTopic().equals(start.topic())) {
            throw Refusal.changedTopic(split.getTopic(), start.topic());
        }
    }

    private Layout layout() {
        try {
            return readings.layout();
        } catch (UnknownTopicOrPartitionException e) {
            throw Refusal.missingTopic(start.topic());
        }
    }

    private void requirePartition(KafkaPartitionSplit split, Layout layout) {
        if (!layout.partitions().contains(split.getPartition())) {
            throw Refusal.missingPartition(start.topic(), split.getPartition());
        }
    }

    private void requireOffset(KafkaPartitionSplit split, Map<Integer, OffsetRange> ranges) {
        OffsetRange range = ranges.get(split.getPartition());
        if (range == null) {
            throw new KafkaException("the broker does not say the offsets of " + split.getTopicPartition());
        }
        long position = position(split);
        if (position < range.begin()) {
            throw Refusal.deletedRecords(start.topic(), split.getPartition(), position, range.begin());
        }
        if (position > range.end()) {
            throw Refusal.lostRecords(start.topic(), split.getPartition(), position, range.end());
        }
    }
}
