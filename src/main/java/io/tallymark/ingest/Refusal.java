package io.tallymark.ingest;

import io.tallymark.usage.UserError;
import org.apache.flink.runtime.execution.SuppressRestartsException;

/**
 * Ends a running job for good, with a sentence and its remedy. For what no restart mends: going on would leave a gap that nobody sees.
 */
final class Refusal {
    private static final String START_AGAIN =
            "start the job without state (no -s, no checkpoint): hours that the topic now holds only in part are left as"
                    + " they stand, and `tallymark status` names them";

    private Refusal() {}

    static SuppressRestartsException changedTopic(String stateTopic, String configuredTopic) {
        return of(
                "the job's state is of the topic " + stateTopic + ", but kafka.topic is " + configuredTopic
                        + ": what was read of one topic says nothing about another",
                "set kafka.topic to " + stateTopic + "; or " + START_AGAIN);
    }

    static SuppressRestartsException recreatedTopic(String topic) {
        return of(
                "the topic " + topic
                        + " was deleted and created again since the job began: the offsets in the job's state"
                        + " now name other records",
                START_AGAIN);
    }

    static SuppressRestartsException missingTopic(String topic) {
        return of(
                "the topic " + topic + " does not exist any more",
                "create it again with message.timestamp.type=LogAppendTime, then " + START_AGAIN);
    }

    static SuppressRestartsException missingPartition(String topic, int partition) {
        return of(
                "the partition " + topic + "-" + partition + " does not exist any more, but the job's state knows it",
                START_AGAIN);
    }

    static SuppressRestartsException deletedRecords(String topic, int partition, long position, long begin) {
        return of(
                "records of " + topic + "-" + partition
                        + " were deleted before they were read: the job continues at offset " + position
                        + ", the partition now begins at " + begin,
                START_AGAIN + "; let the topic's retention be longer than max-lateness plus the longest stop");
    }

    static SuppressRestartsException lostRecords(String topic, int partition, long position, long end) {
        return of(
                "records of " + topic + "-" + partition + " are lost: the job continues at offset " + position
                        + ", but the partition ends at " + end,
                START_AGAIN);
    }

    private static SuppressRestartsException of(String problem, String remedy) {
        // The remedy stands in the message too: Flink shows nothing else of an exception.
        return new SuppressRestartsException(new UserError(problem + "\nTo mend it: " + remedy, remedy));
    }
}
