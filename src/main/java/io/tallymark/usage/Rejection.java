package io.tallymark.usage;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record that cannot be counted, kept whole: the dead letter is written from this alone.
 *
 * @param origin where the record was read
 * @param appendTimeMillis time at which Kafka stored it, ms since the epoch
 * @param key the record's key, untouched
 * @param value the record's value, untouched; null for a tombstone
 * @param headers the record's headers, untouched and in order
 * @param reason one of the closed list
 * @param detail one sentence for a person, naming the field and the offending value, shortened
 * @param bytesAtOrigin whether key, value and headers were not at hand and are empty here: they are at the origin
 */
public record Rejection(
        Origin origin,
        long appendTimeMillis,
        byte @Nullable [] key,
        byte @Nullable [] value,
        List<RecordHeader> headers,
        RejectReason reason,
        String detail,
        boolean bytesAtOrigin) {

    /** A record with its bytes. */
    public Rejection(
            Origin origin,
            long appendTimeMillis,
            byte @Nullable [] key,
            byte @Nullable [] value,
            List<RecordHeader> headers,
            RejectReason reason,
            String detail) {
        this(origin, appendTimeMillis, key, value, headers, reason, detail, false);
    }

    /** A record whose bytes are not at hand any more; whoever wants them reads them at the origin. */
    public static Rejection withoutBytes(Origin origin, long appendTimeMillis, RejectReason reason, String detail) {
        return new Rejection(origin, appendTimeMillis, null, null, List.of(), reason, detail, true);
    }
}
