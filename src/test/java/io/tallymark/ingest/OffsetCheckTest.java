package io.tallymark.ingest;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.junit.jupiter.api.Test;

class OffsetCheckTest {
    private static final StartingPoint START =
            new StartingPoint("usage-events", FakeReadings.TOPIC_ID, Map.of(), StartingPoint.EVERYTHING);

    private final FakeReadings readings = new FakeReadings().partition(0, 10, 20);
    private final OffsetCheck check = new OffsetCheck(START, readings);

    @Test
    void takesAnyPositionBetweenTheFirstRecordAndTheEnd() {
        assertThatCode(() -> check.require(List.of(split("usage-events", 0, 10))))
                .doesNotThrowAnyException();
        assertThatCode(() -> check.require(List.of(split("usage-events", 0, 20))))
                .doesNotThrowAnyException();
    }

    @Test
    void refusesAPositionWhoseRecordsWereDeleted() {
        refuses(split("usage-events", 0, 9), "continues at offset 9, the partition now begins at 10");
    }

    @Test
    void refusesAPartitionFoundLaterThatHasLostItsBeginning() {
        refuses(split("usage-events", 0, KafkaPartitionSplit.EARLIEST_OFFSET), "continues at offset 0");
    }

    @Test
    void refusesAPositionBehindTheEnd() {
        refuses(split("usage-events", 0, 21), "records of usage-events-0 are lost");
    }

    @Test
    void refusesAPartitionThatIsGone() {
        refuses(split("usage-events", 1, 0), "partition usage-events-1 does not exist any more");
    }

    @Test
    void refusesTheStateOfAnotherTopic() {
        refuses(split("other-events", 0, 10), "state is of the topic other-events, but kafka.topic is usage-events");
    }

    @Test
    void refusesATopicThatWasCreatedAgain() {
        readings.topicId = "id-2";

        refuses(split("usage-events", 0, 10), "deleted and created again");
    }

    @Test
    void refusesATopicThatIsGone() {
        readings.outage = () -> new UnknownTopicOrPartitionException("no such topic");

        refuses(split("usage-events", 0, 10), "does not exist any more");
    }

    @Test
    void silenceOfTheBrokerIsNoRefusal() {
        readings.outage = () -> new TimeoutException("no answer");

        assertThatThrownBy(() -> check.require(List.of(split("usage-events", 0, 10))))
                .isInstanceOf(TimeoutException.class);
    }

    private void refuses(KafkaPartitionSplit split, String problem) {
        assertThatThrownBy(() -> check.require(List.of(split)))
                .isInstanceOf(SuppressRestartsException.class)
                .cause()
                .hasMessageContaining(problem)
                .hasMessageContaining("To mend it: ")
                .hasMessageContaining("start the job without state");
    }

    private static KafkaPartitionSplit split(String topic, int partition, long offset) {
        return new KafkaPartitionSplit(new TopicPartition(topic, partition), offset);
    }
}
