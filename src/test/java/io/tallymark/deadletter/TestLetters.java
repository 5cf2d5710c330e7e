package io.tallymark.deadletter;

import io.tallymark.usage.Origin;
import io.tallymark.usage.RecordHeader;
import io.tallymark.usage.RejectReason;
import io.tallymark.usage.Rejection;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema.KafkaSinkContext;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.TimestampType;

/** Letters as the job writes them, for tests. */
public final class TestLetters {
    public static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

    private static final KafkaSinkContext UNUSED = new KafkaSinkContext() {
        @Override
        public int getParallelInstanceId() {
            return 0;
        }

        @Override
        public int getNumberOfParallelInstances() {
            return 1;
        }

        @Override
        public int[] getPartitionsForTopic(String topic) {
            return new int[] {0};
        }
    };

    private TestLetters() {}

    public static ProducerRecord<byte[], byte[]> letter(String topic, Rejection rejection) {
        return new DeadLetterEncoder(topic).serialize(rejection, UNUSED, 0L);
    }

    /** A rejection of a record with text as its value, stored at noon. */
    public static Rejection rejection(Origin origin, RejectReason reason, String detail, String value) {
        return new Rejection(origin, NOON.toEpochMilli(), bytes("key"), bytes(value), List.of(), reason, detail);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** A written record as a consumer gets it. */
    static ConsumerRecord<byte[], byte[]> stored(ProducerRecord<byte[], byte[]> written, int partition, long offset) {
        return new ConsumerRecord<>(
                written.topic(),
                partition,
                offset,
                0,
                TimestampType.LOG_APPEND_TIME,
                0,
                0,
                written.key(),
                written.value(),
                written.headers(),
                Optional.empty());
    }

    static List<String> headers(Iterable<Header> headers) {
        List<String> texts = new ArrayList<>();
        headers.forEach(header -> texts.add(header.key() + ": " + new String(header.value(), StandardCharsets.UTF_8)));
        return texts;
    }

    static RecordHeader header(String name, String value) {
        return new RecordHeader(name, bytes(value));
    }
}
