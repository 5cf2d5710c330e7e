package io.tallymark.ingest;

import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.kafka.clients.consumer.ConsumerConfig;

/** The Kafka source of usage events and its watermarks, as Flink wants them. */
public final class UsageEventSource {
    private UsageEventSource() {}

    /**
     * Reads committed records only, from the checkpointed offsets, or from the starting point when there is no state. It ends the job with
     * a sentence rather than leave a gap.
     */
    public static Source<Ingested, KafkaPartitionSplit, KafkaSourceEnumState> source(
            IngestSettings settings, StartingPoint start) {
        KafkaSource<Ingested> kafka = KafkaSource.<Ingested>builder()
                .setBootstrapServers(settings.bootstrapServers())
                .setKafkaSubscriber(new UsageTopic(start))
                .setGroupId(settings.groupId())
                .setClientIdPrefix(settings.groupId())
                .setStartingOffsets(new BeginAt(start))
                .setProperties(KafkaProperties.of(settings.kafkaProperties()))
                .setProperty(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed")
                .setDeserializer(new KafkaRecordDecoder(settings))
                .build();
        return new CheckedSource(kafka, settings, start);
    }

    /**
     * Watermarks per partition: its newest append time less the close delay. Append time never goes back within a partition and no producer
     * can forge it, so an event from the future closes nobody's hour. Of a partition that is caught up, {@link TickingReader}'s ticks are
     * newer than any record; until its first record or tick it holds the others back, for its records may be old ones. With timestamps that producers choose there is no clock that a silent partition could
     * follow: it is only taken out of the minimum.
     */
    public static WatermarkStrategy<Ingested> watermarks(IngestSettings settings) {
        WatermarkStrategy<Ingested> appendTime = WatermarkStrategy.forBoundedOutOfOrderness(settings.closeDelay());
        return settings.trustCreateTime() ? appendTime.withIdleness(settings.quietPartition()) : appendTime;
    }
}
