package io.tallymark.deadletter;

import io.tallymark.usage.Origin;
import io.tallymark.usage.RecordHeader;
import io.tallymark.usage.RejectReason;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * Reads what {@link DeadLetterEncoder} wrote. Our headers are found by their place, at the end, and not by their names: a record may
 * carry headers of the same names.
 */
final class DeadLetterDecoder {
    private static final int OURS = DeadLetterHeaders.ENDING.size();

    private DeadLetterDecoder() {}

    /** The letter; empty for a record that Tallymark did not write. */
    static Optional<DeadLetter> decode(ConsumerRecord<byte[], byte[]> record) {
        List<RecordHeader> headers = headers(record);
        if (headers.size() < OURS) {
            return Optional.empty();
        }
        List<RecordHeader> ending = headers.subList(headers.size() - OURS, headers.size());
        if (!ending.stream().map(RecordHeader::name).toList().equals(DeadLetterHeaders.ENDING)) {
            return Optional.empty();
        }
        try {
            return Optional.of(letter(record, headers.subList(0, headers.size() - OURS), texts(ending)));
        } catch (IllegalArgumentException | DateTimeException e) {
            // Somebody else's record that happens to have our headers' names, or one of a later version.
            return Optional.empty();
        }
    }

    static List<RecordHeader> headers(ConsumerRecord<byte[], byte[]> record) {
        List<RecordHeader> headers = new ArrayList<>();
        for (Header header : record.headers()) {
            headers.add(new RecordHeader(header.key(), header.value()));
        }
        return headers;
    }

    private static DeadLetter letter(ConsumerRecord<byte[], byte[]> record, List<RecordHeader> own, List<String> ours) {
        String omitted = omittedBytes(record, own);
        return new DeadLetter(
                new Origin(record.topic(), record.partition(), record.offset()),
                RejectReason.valueOf(ours.get(0)),
                ours.get(1),
                new Origin(ours.get(2), Integer.parseInt(ours.get(3)), Long.parseLong(ours.get(4))),
                Instant.parse(ours.get(5)).toEpochMilli(),
                new LetterContent(record.key(), record.value(), omitted.isEmpty() ? own : List.of()),
                omitted);
    }

    /**
     * Ours stands alone, and key and value are absent. An empty record with just that header of its own looks the same: it is then
     * fetched from its origin, where it is what it is.
     */
    private static String omittedBytes(ConsumerRecord<byte[], byte[]> record, List<RecordHeader> own) {
        boolean omitted = own.size() == 1
                && own.get(0).name().equals(DeadLetterHeaders.OMITTED_BYTES)
                && record.key() == null
                && record.value() == null;
        return omitted ? text(own.get(0)) : "";
    }

    private static List<String> texts(List<RecordHeader> headers) {
        return headers.stream().map(DeadLetterDecoder::text).toList();
    }

    private static String text(RecordHeader header) {
        byte[] value = header.value();
        if (value == null) {
            throw new IllegalArgumentException(header.name() + " has no value");
        }
        return new String(value, StandardCharsets.UTF_8);
    }
}
