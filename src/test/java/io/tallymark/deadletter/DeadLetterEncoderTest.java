package io.tallymark.deadletter;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.usage.Origin;
import io.tallymark.usage.RecordHeader;
import io.tallymark.usage.RejectReason;
import io.tallymark.usage.Rejection;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema.KafkaSinkContext;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DeadLetterEncoderTest {
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
    private static final byte[] KEY = {1, 2};
    private static final byte[] VALUE = {(byte) 0xff, 0, 3};

    @Test
    void letterIsTheRecordWithReasonAndOrigin() {
        ProducerRecord<byte[], byte[]> letter =
                letter(KEY, VALUE, List.of(new RecordHeader("trace", new byte[] {9}), new RecordHeader("trace", null)));

        assertThat(letter.topic()).isEqualTo("usage-dead-letters");
        assertThat(letter.key()).isEqualTo(KEY);
        assertThat(letter.value()).isEqualTo(VALUE);
        assertThat(names(letter))
                .containsExactly(
                        "trace",
                        "trace",
                        "tallymark-reason",
                        "tallymark-detail",
                        "tallymark-topic",
                        "tallymark-partition",
                        "tallymark-offset",
                        "tallymark-append-time");
        assertThat(header(letter, DeadLetterHeaders.REASON)).isEqualTo("TOO_LATE");
        assertThat(header(letter, DeadLetterHeaders.DETAIL)).isEqualTo("time … is too late");
        assertThat(header(letter, DeadLetterHeaders.TOPIC)).isEqualTo("usage-events");
        assertThat(header(letter, DeadLetterHeaders.PARTITION)).isEqualTo("3");
        assertThat(header(letter, DeadLetterHeaders.OFFSET)).isEqualTo("42");
        assertThat(header(letter, DeadLetterHeaders.APPEND_TIME)).isEqualTo("2026-03-01T12:00:00Z");
    }

    @Test
    void tombstoneStaysATombstone() {
        ProducerRecord<byte[], byte[]> letter = letter(null, null, List.of());

        assertThat(letter.key()).isNull();
        assertThat(letter.value()).isNull();
    }

    @Test
    void largestRecordIsKept() {
        byte[] largest = new byte[DeadLetterEncoder.MAX_RECORD_BYTES];

        assertThat(letter(null, largest, List.of()).value()).isSameAs(largest);
    }

    @Test
    void recordThatNoTopicWouldTakeIsNamedAndLeftAtItsOrigin() {
        byte[] huge = new byte[DeadLetterEncoder.MAX_RECORD_BYTES];

        for (ProducerRecord<byte[], byte[]> letter : List.of(
                letter(KEY, huge, List.of()),
                letter(huge, VALUE, List.of()),
                letter(null, huge, List.of(new RecordHeader("", null))),
                letter(KEY, VALUE, List.of(new RecordHeader("trace", huge))))) {
            assertThat(letter.key()).isNull();
            assertThat(letter.value()).isNull();
            assertThat(names(letter)).doesNotContain("trace");
            assertThat(Long.parseLong(header(letter, DeadLetterHeaders.OMITTED_BYTES)))
                    .isGreaterThan(DeadLetterEncoder.MAX_RECORD_BYTES);
            assertThat(header(letter, DeadLetterHeaders.OFFSET)).isEqualTo("42");
        }
    }

    private static ProducerRecord<byte[], byte[]> letter(
            byte @Nullable [] key, byte @Nullable [] value, List<RecordHeader> headers) {
        Rejection rejection = new Rejection(
                new Origin("usage-events", 3, 42),
                Instant.parse("2026-03-01T12:00:00Z").toEpochMilli(),
                key,
                value,
                headers,
                RejectReason.TOO_LATE,
                "time … is too late");
        return new DeadLetterEncoder("usage-dead-letters").serialize(rejection, UNUSED, 0L);
    }

    private static List<String> names(ProducerRecord<byte[], byte[]> letter) {
        List<String> names = new ArrayList<>();
        letter.headers().forEach(header -> names.add(header.key()));
        return names;
    }

    private static String header(ProducerRecord<byte[], byte[]> letter, String name) {
        Header header = letter.headers().lastHeader(name);
        return new String(header.value(), StandardCharsets.UTF_8);
    }
}
