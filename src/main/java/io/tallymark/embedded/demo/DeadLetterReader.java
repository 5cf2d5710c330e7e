package io.tallymark.embedded.demo;

import io.tallymark.deadletter.DeadLetterHeaders;
import io.tallymark.usage.RejectReason;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Counts the letters of a dead-letter topic by reason; a letter that a crash wrote twice has one origin and counts once. */
public final class DeadLetterReader {
    private static final Duration POLL = Duration.ofMillis(200);

    private final String bootstrapServers;
    private final String topic;

    public DeadLetterReader(String bootstrapServers, String topic) {
        this.bootstrapServers = bootstrapServers;
        this.topic = topic;
    }

    /** Everything that is in the topic now. */
    public Map<RejectReason, Long> countByReason() {
        Map<RejectReason, Long> counts = new EnumMap<>(RejectReason.class);
        Set<String> origins = new HashSet<>();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(DeadLetterReader::partition)
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.getOrDefault(p, 0L))) {
                consumer.poll(POLL).forEach(letter -> {
                    if (origins.add(origin(letter))) {
                        counts.merge(RejectReason.valueOf(header(letter, DeadLetterHeaders.REASON)), 1L, Long::sum);
                    }
                });
            }
        }
        return counts;
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        return new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers,
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    private static TopicPartition partition(PartitionInfo info) {
        return new TopicPartition(info.topic(), info.partition());
    }

    private static String origin(ConsumerRecord<byte[], byte[]> letter) {
        return header(letter, DeadLetterHeaders.TOPIC) + "-" + header(letter, DeadLetterHeaders.PARTITION) + "@"
                + header(letter, DeadLetterHeaders.OFFSET);
    }

    private static String header(ConsumerRecord<byte[], byte[]> letter, String name) {
        return new String(letter.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }
}
