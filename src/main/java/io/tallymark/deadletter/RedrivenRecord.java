package io.tallymark.deadletter;

import io.tallymark.usage.Origin;
import io.tallymark.usage.RecordHeader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Set;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * How a rejected record is sent again: its key, value and own headers, to its partition, with two headers of ours. However often it is
 * rejected and sent again, it has each of the two once: {@link DeadLetterHeaders#APPEND_TIME} of the first time,
 * {@link DeadLetterHeaders#REDRIVEN_FROM} of the last.
 */
final class RedrivenRecord {
    private static final Set<String> ADDED = Set.of(DeadLetterHeaders.APPEND_TIME, DeadLetterHeaders.REDRIVEN_FROM);

    private RedrivenRecord() {}

    static boolean isAddedByRedrive(RecordHeader header) {
        return ADDED.contains(header.name());
    }

    /** A partition that the topic no longer has leaves the choice to the key. */
    // Kafka lets partition, key and value be null.
    @SuppressWarnings("NullAway")
    static ProducerRecord<byte[], byte[]> of(DeadLetter letter, LetterContent content, String topic, int partitions) {
        Integer partition =
                letter.origin().partition() < partitions ? letter.origin().partition() : null;
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, partition, content.key(), content.value());
        content.headers().stream()
                .filter(header -> !isAddedByRedrive(header))
                .forEach(header -> record.headers().add(header.name(), header.value()));
        record.headers().add(DeadLetterHeaders.APPEND_TIME, firstAppendTime(letter, content));
        record.headers().add(DeadLetterHeaders.REDRIVEN_FROM, text(position(letter.position())));
        return record;
    }

    /** What the decoder went by when the record was rejected: the first such header, if the record had one. */
    private static byte[] firstAppendTime(DeadLetter letter, LetterContent content) {
        for (RecordHeader header : content.headers()) {
            byte[] time = header.value();
            if (header.name().equals(DeadLetterHeaders.APPEND_TIME) && time != null) {
                return time;
            }
        }
        return text(Instant.ofEpochMilli(letter.appendTimeMillis()).toString());
    }

    private static String position(Origin position) {
        return position.partition() + "@" + position.offset();
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
