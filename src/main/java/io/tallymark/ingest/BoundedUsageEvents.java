package io.tallymark.ingest;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;

/** The Kafka source over a part of the topic that is known before it is read: for replays. Commits no offsets and needs no group. */
public final class BoundedUsageEvents {
    private BoundedUsageEvents() {}

    /**
     * Offsets of one partition.
     *
     * @param first first to read
     * @param end one more than the last; greater than {@code first}
     */
    public record Span(long first, long end) {
        public Span {
            if (first < 0 || end <= first) {
                throw new IllegalArgumentException("no span of offsets: from " + first + " to " + end);
            }
        }
    }

    /**
     * Reads committed records. When offsets are gone that a span names, the source fails: it never goes on somewhere else.
     *
     * @param spans by partition; at least one
     */
    @SuppressWarnings("deprecation") // Flink's connector takes this enum and nothing else.
    public static KafkaSource<Ingested> source(IngestSettings settings, Map<Integer, Span> spans) {
        Map<TopicPartition, Long> first = new HashMap<>();
        Map<TopicPartition, Long> end = new HashMap<>();
        spans.forEach((partition, span) -> {
            first.put(new TopicPartition(settings.topic(), partition), span.first());
            end.put(new TopicPartition(settings.topic(), partition), span.end());
        });
        return KafkaSource.<Ingested>builder()
                .setBootstrapServers(settings.bootstrapServers())
                .setPartitions(new HashSet<>(first.keySet()))
                .setClientIdPrefix(settings.groupId() + "-replay")
                .setStartingOffsets(OffsetsInitializer.offsets(first, OffsetResetStrategy.NONE))
                .setBounded(OffsetsInitializer.offsets(end, OffsetResetStrategy.NONE))
                .setProperties(KafkaProperties.of(settings.kafkaProperties()))
                .setProperty(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed")
                .setDeserializer(new KafkaRecordDecoder(settings))
                .build();
    }

    /**
     * Watermarks per partition from append time, and from nothing else: a replay that is held up must not take the wall clock for the
     * time of old records. A partition that has been read to its end holds nobody back.
     */
    public static WatermarkStrategy<Ingested> watermarks(IngestSettings settings) {
        return WatermarkStrategy.forBoundedOutOfOrderness(settings.closeDelay());
    }
}
