package io.tallymark.ingest;

import java.time.InstantSource;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.consumer.ConsumerConfig;

/** The Kafka source of usage events and its watermarks, as Flink wants them. */
public final class UsageEventSource {
    private UsageEventSource() {}

    /** Reads committed records only, from the checkpointed offsets, or from the beginning when there is no state. */
    public static KafkaSource<Ingested> source(IngestSettings settings) {
        return KafkaSource.<Ingested>builder()
                .setBootstrapServers(settings.bootstrapServers())
                .setTopics(settings.topic())
                .setGroupId(settings.groupId())
                .setClientIdPrefix(settings.groupId())
                .setStartingOffsets(OffsetsInitializer.earliest())
                .setProperties(KafkaProperties.of(settings.kafkaProperties()))
                .setProperty(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed")
                .setDeserializer(new KafkaRecordDecoder(settings))
                .build();
    }

    /** Watermarks per partition from append time. */
    public static WatermarkStrategy<Ingested> watermarks(IngestSettings settings) {
        boolean followWallClock = !settings.trustCreateTime();
        return WatermarkStrategy.forGenerator(context -> new AppendTimeWatermarks<>(
                settings.closeDelay(),
                settings.quietPartition(),
                followWallClock,
                context.getInputActivityClock(),
                InstantSource.system()));
    }
}
