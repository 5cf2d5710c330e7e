package io.tallymark.deadletter;

import io.tallymark.usage.RecordHeader;
import io.tallymark.usage.Rejection;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Writes a rejection as a record: key, value and headers as they came, then our own headers. A record so large that no topic with the
 * broker's default limit would take its letter is left where it is: the letter then has our headers only, with its size, and its origin
 * says where the bytes are. Otherwise one such record would stop the job for good.
 */
final class DeadLetterEncoder implements KafkaRecordSerializationSchema<Rejection> {
    /** Below the broker's default {@code max.message.bytes}, 1,048,588, with room for our headers and the batch around it. */
    static final int MAX_RECORD_BYTES = 1_040_000;

    private static final int HEADER_OVERHEAD_BYTES = 10;
    private static final long serialVersionUID = 1L;

    private final String topic;

    DeadLetterEncoder(String topic) {
        this.topic = topic;
    }

    // The interface, written before JSpecify, lets key and value be null, as Kafka does.
    @SuppressWarnings("NullAway")
    @Override
    public ProducerRecord<byte[], byte[]> serialize(Rejection rejection, KafkaSinkContext context, Long timestamp) {
        long recordBytes = recordBytes(rejection);
        ProducerRecord<byte[], byte[]> letter;
        if (rejection.bytesAtOrigin()) {
            letter = new ProducerRecord<>(topic, null, null);
            add(letter.headers(), DeadLetterHeaders.OMITTED_BYTES, DeadLetterHeaders.UNKNOWN_BYTES);
        } else if (recordBytes <= MAX_RECORD_BYTES) {
            letter = new ProducerRecord<>(topic, rejection.key(), rejection.value());
            rejection.headers().forEach(header -> letter.headers().add(header.name(), header.value()));
        } else {
            letter = new ProducerRecord<>(topic, null, null);
            add(letter.headers(), DeadLetterHeaders.OMITTED_BYTES, Long.toString(recordBytes));
        }
        addOrigin(letter.headers(), rejection);
        return letter;
    }

    /** In the order of {@link DeadLetterHeaders#ENDING}. */
    private static void addOrigin(Headers headers, Rejection rejection) {
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
    }

    private static long recordBytes(Rejection rejection) {
        long bytes = length(rejection.key()) + length(rejection.value());
        for (RecordHeader header : rejection.headers()) {
            bytes += header.name().getBytes(StandardCharsets.UTF_8).length
                    + length(header.value())
                    + HEADER_OVERHEAD_BYTES;
        }
        return bytes;
    }

    private static long length(byte @Nullable [] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    private static void add(Headers headers, String name, String value) {
        headers.add(name, value.getBytes(StandardCharsets.UTF_8));
    }
}
