package io.tallymark.deadletter;

import io.tallymark.usage.Rejection;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;

/** Writes a rejection as a record: key, value and headers as they came, then our own headers. */
final class DeadLetterEncoder implements KafkaRecordSerializationSchema<Rejection> {
    private static final long serialVersionUID = 1L;

    private final String topic;

    DeadLetterEncoder(String topic) {
        this.topic = topic;
    }

    // The interface, written before JSpecify, lets key and value be null, as Kafka does.
    @SuppressWarnings("NullAway")
    @Override
    public ProducerRecord<byte[], byte[]> serialize(Rejection rejection, KafkaSinkContext context, Long timestamp) {
        ProducerRecord<byte[], byte[]> letter = new ProducerRecord<>(topic, rejection.key(), rejection.value());
        Headers headers = letter.headers();
        rejection.headers().forEach(header -> headers.add(header.name(), header.value()));
        add(headers, DeadLetterHeaders.REASON, rejection.reason().name());
        add(headers, DeadLetterHeaders.DETAIL, rejection.detail());
        add(headers, DeadLetterHeaders.TOPIC, rejection.origin().topic());
        add(
                headers,
                DeadLetterHeaders.PARTITION,
                Integer.toString(rejection.origin().partition()));
        add(headers, DeadLetterHeaders.OFFSET, Long.toString(rejection.origin().offset()));
        add(
                headers,
                DeadLetterHeaders.APPEND_TIME,
                Instant.ofEpochMilli(rejection.appendTimeMillis()).toString());
        return letter;
    }

    private static void add(Headers headers, String name, String value) {
        headers.add(name, value.getBytes(StandardCharsets.UTF_8));
    }
}
