package io.tallymark.ingest;

import java.io.Serializable;
import java.util.Map;

/**
 * Where a job without state begins, and which hours it then sees whole. With state only the topic's identity is looked at: the state
 * knows the rest.
 *
 * @param topic the topic of usage events
 * @param topicId Kafka's id of it, which changes when the topic is deleted and created again; {@link #ANY_TOPIC_ID} if not known
 * @param beginOffsets the first offset to read by partition; a partition that is not named begins at 0
 * @param coveredFromMillis start of the first hour that is seen whole, ms since the epoch; {@link #EVERYTHING} when all are
 */
public record StartingPoint(String topic, String topicId, Map<Integer, Long> beginOffsets, long coveredFromMillis)
        implements Serializable {
    public static final String ANY_TOPIC_ID = "";
    public static final long EVERYTHING = Long.MIN_VALUE;

    public StartingPoint {
        beginOffsets = Map.copyOf(beginOffsets);
    }

    /** A topic of which nothing was ever deleted. */
    public static StartingPoint ofWholeTopic(String topic) {
        return new StartingPoint(topic, ANY_TOPIC_ID, Map.of(), EVERYTHING);
    }

    /** Whether this is the topic's id; an id that is not known is equal to any. */
    boolean isOfTopicId(String otherTopicId) {
        return topicId.equals(otherTopicId) || topicId.equals(ANY_TOPIC_ID) || otherTopicId.equals(ANY_TOPIC_ID);
    }
}
