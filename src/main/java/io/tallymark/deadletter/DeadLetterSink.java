package io.tallymark.deadletter;

import io.tallymark.usage.Rejection;
import java.util.Properties;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.kafka.clients.producer.ProducerConfig;

/**
 * The Kafka sink of dead letters. At least once, on purpose: a Kafka transaction that outlives its timeout is aborted and its letters
 * are lost, while a letter written twice shows itself by its origin.
 */
public final class DeadLetterSink {
    /** The largest letter with its headers, before compression. */
    private static final int MAX_REQUEST_BYTES = 2 << 20;

    private DeadLetterSink() {}

    public static KafkaSink<Rejection> sink(DeadLetterSettings settings) {
        Properties properties = new Properties();
        properties.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "zstd");
        properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Integer.toString(MAX_REQUEST_BYTES));
        properties.putAll(settings.kafkaProperties());
        return KafkaSink.<Rejection>builder()
                .setBootstrapServers(settings.bootstrapServers())
                .setKafkaProducerConfig(properties)
                .setRecordSerializer(new DeadLetterEncoder(settings.topic()))
                .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
                .build();
    }
}
