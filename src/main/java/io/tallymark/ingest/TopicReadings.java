package io.tallymark.ingest;

import java.io.Closeable;
import java.util.Map;
import java.util.Set;

/**
 * What the broker says about the topic of usage events. Every question has a deadline.
 *
 * <p>All methods throw {@link org.apache.kafka.common.KafkaException} when no answer came, and
 * {@link org.apache.kafka.common.errors.UnknownTopicOrPartitionException} when the answer is that the topic does not exist.
 */
interface TopicReadings extends Closeable {
    /** The topic's present identity and partitions. */
    Layout layout();

    /** Per partition the offsets that can be read now, also those of open transactions. */
    Map<Integer, OffsetRange> ranges(Set<Integer> partitions);

    /**
     * Per partition the offset behind its last committed record. A partition that gave no answer is left out; the others are not held up
     * for longer than the deadline.
     */
    Map<Integer, Long> committedEnds(Set<Integer> partitions);

    /**
     * Per partition the first offset stored at a time or later; a partition without one is left out.
     *
     * @param appendTimeMillis ms since the epoch
     */
    Map<Integer, Long> offsetsFrom(Set<Integer> partitions, long appendTimeMillis);

    /** Per partition the append time of the first record that is still there, ms since the epoch; an empty partition is left out. */
    Map<Integer, Long> firstAppendMillis(Set<Integer> partitions);

    @Override
    void close();

    /**
     * Identity and size of a topic.
     *
     * @param topicId changes when a topic is deleted and created again
     */
    record Layout(String topicId, Set<Integer> partitions) {}

    /** Offsets of a partition from the first record that is still there to behind the last. */
    record OffsetRange(long begin, long end) {}
}
