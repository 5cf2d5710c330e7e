package io.tallymark.ingest;

import io.tallymark.usage.BillingHour;
import org.apache.flink.runtime.execution.SuppressRestartsException;

/**
 * What a line of jobs, each from the state of the one before, has seen whole. Kept in state, for after a restore nobody else knows it.
 *
 * @param topic the topic that was read
 * @param topicId Kafka's id of it
 * @param coveredFromMillis start of the first hour that was seen whole, ms since the epoch
 */
public record Coverage(String topic, String topicId, long coveredFromMillis) {
    static Coverage of(StartingPoint start) {
        return new Coverage(start.topic(), start.topicId(), start.coveredFromMillis());
    }

    /** Of state that was written before coverage was kept: such a job had seen what it counted. */
    static Coverage ofOlderState(StartingPoint start) {
        return new Coverage(start.topic(), start.topicId(), StartingPoint.EVERYTHING);
    }

    /**
     * Refuses state of another topic than the job now reads.
     *
     * @throws SuppressRestartsException with the reason and the remedy
     */
    void require(StartingPoint start) {
        if (!topic.equals(start.topic())) {
            throw Refusal.changedTopic(topic, start.topic());
        }
        if (!start.isOfTopicId(topicId)) {
            throw Refusal.recreatedTopic(topic);
        }
    }

    boolean covers(BillingHour hour) {
        return hour.startMillis() >= coveredFromMillis;
    }
}
