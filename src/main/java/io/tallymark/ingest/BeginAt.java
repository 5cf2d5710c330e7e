package io.tallymark.ingest;

import java.util.Collection;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;

/**
 * Exactly the offsets of the starting point; a partition that came into being since begins where it begins. Offsets that the consumer
 * group committed play no role, and Kafka never chooses an offset by itself.
 */
@SuppressWarnings("deprecation") // Kafka retired the enum, but Flink's interface speaks it.
final class BeginAt implements OffsetsInitializer {
    private static final long serialVersionUID = 1L;

    private final StartingPoint start;

    BeginAt(StartingPoint start) {
        this.start = start;
    }

    @Override
    public Map<TopicPartition, Long> getPartitionOffsets(
            Collection<TopicPartition> partitions, PartitionOffsetsRetriever retriever) {
        return partitions.stream().collect(Collectors.toMap(Function.identity(), this::begin));
    }

    @Override
    public OffsetResetStrategy getAutoOffsetResetStrategy() {
        return OffsetResetStrategy.NONE;
    }

    private long begin(TopicPartition partition) {
        return start.beginOffsets().getOrDefault(partition.partition(), KafkaPartitionSplit.EARLIEST_OFFSET);
    }
}
