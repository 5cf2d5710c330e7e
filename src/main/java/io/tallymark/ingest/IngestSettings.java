package io.tallymark.ingest;

import io.tallymark.usage.Meter;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What the ingest stage needs to know.
 *
 * @param bootstrapServers Kafka's host:port list
 * @param topic topic of usage events
 * @param groupId consumer group under which progress is shown; the offsets that count are in the checkpoints
 * @param trustCreateTime accept a topic whose timestamps producers choose: for tests and simulated days
 * @param kafkaProperties further client properties, such as those of TLS and SASL
 * @param maxRecordBytes largest record that is read, key, value and headers together
 * @param unknownTypesRejected whether an event that no meter listens to is a dead letter; otherwise it is ignored
 * @param maxLateness oldest event time accepted, counted back from the append time
 * @param closeDelay how far a partition's watermark stays behind its newest append time
 * @param quietPartition silence after which a partition's watermark follows the wall clock
 * @param meters what is counted
 */
public record IngestSettings(
        String bootstrapServers,
        String topic,
        String groupId,
        boolean trustCreateTime,
        Map<String, String> kafkaProperties,
        int maxRecordBytes,
        boolean unknownTypesRejected,
        Duration maxLateness,
        Duration closeDelay,
        Duration quietPartition,
        List<Meter> meters)
        implements Serializable {
    public static final int DEFAULT_MAX_RECORD_BYTES = 1 << 20;
    public static final int SMALLEST_MAX_RECORD_BYTES = 1 << 10;
    public static final int LARGEST_MAX_RECORD_BYTES = 1 << 24;
    public static final Duration DEFAULT_MAX_LATENESS = Duration.ofDays(7);
    /** Stripe takes no usage that is older. */
    public static final Duration LARGEST_MAX_LATENESS = Duration.ofDays(35);

    /** How far an event time may be ahead of the append time. */
    public static final Duration MAX_AHEAD = Duration.ofMinutes(5);

    public static final Duration DEFAULT_CLOSE_DELAY = Duration.ofMinutes(2);
    public static final Duration DEFAULT_QUIET_PARTITION = Duration.ofSeconds(30);

    public IngestSettings {
        kafkaProperties = Map.copyOf(kafkaProperties);
        meters = List.copyOf(meters);
    }

    /** The same rules on another broker that needs no further properties. */
    public IngestSettings on(String otherBootstrapServers) {
        return new IngestSettings(
                otherBootstrapServers,
                topic,
                groupId,
                trustCreateTime,
                Map.of(),
                maxRecordBytes,
                unknownTypesRejected,
                maxLateness,
                closeDelay,
                quietPartition,
                meters);
    }

    /** The same rules for a topic whose timestamps producers choose. */
    public IngestSettings trustingCreateTime() {
        return new IngestSettings(
                bootstrapServers,
                topic,
                groupId,
                true,
                kafkaProperties,
                maxRecordBytes,
                unknownTypesRejected,
                maxLateness,
                closeDelay,
                quietPartition,
                meters);
    }
}
