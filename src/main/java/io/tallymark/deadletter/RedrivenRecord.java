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
        byte[] firstAppendTime =
                text(Instant.ofEpochMilli(letter.appendTimeMillis()).toString());
        for (RecordHeader header : content.headers()) {
            if (header.name().equals(DeadLetterHeaders.APPEND_TIME) && header.value() != null) {
                // What the decoder went by when the record was rejected, so it is what counts.
                firstAppendTime = header.value();
            }
            if (!isAddedByRedrive(header)) {
                record.headers().add(header.name(), header.value());
            }
        }
        record.headers().add(DeadLetterHeaders.APPEND_TIME, firstAppendTime);
        record.headers().add(DeadLetterHeaders.REDRIVEN_FROM, text(position(letter.position())));
        return record;
    }

    private static String position(Origin position) {
        return position.partition() + "@" + position.offset();
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
