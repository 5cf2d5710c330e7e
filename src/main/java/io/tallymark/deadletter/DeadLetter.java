package io.tallymark.deadletter;

import io.tallymark.usage.Origin;
import io.tallymark.usage.RecordHeader;
import io.tallymark.usage.RejectReason;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * One letter of the dead-letter topic. Two letters with one origin are the same: a crash wrote it twice.
 *
 * @param position where the letter is
 * @param origin where the rejected record is, or was
 * @param appendTimeMillis when Kafka stored the rejected record, ms since the epoch
 * @param content the rejected record; empty when the letter does not hold it
 * @param omittedBytes empty when the letter holds the record; otherwise the record's size, or {@link DeadLetterHeaders#UNKNOWN_BYTES}
 */
public record DeadLetter(
        Origin position,
        RejectReason reason,
        String detail,
        Origin origin,
        long appendTimeMillis,
        LetterContent content,
        String omittedBytes) {

    /** Whether the record must be fetched from its origin. */
    public boolean bytesAtOrigin() {
        return !omittedBytes.isEmpty();
    }

    /** Position of the letter from which this record was sent again, when it was. */
    public Optional<String> redrivenFrom() {
        return content.headers().stream()
                .filter(header -> header.name().equals(DeadLetterHeaders.REDRIVEN_FROM))
                .map(RecordHeader::value)
                .filter(value -> value != null)
                .map(value -> new String(value, StandardCharsets.UTF_8))
                .reduce((earlier, later) -> later);
    }
}
