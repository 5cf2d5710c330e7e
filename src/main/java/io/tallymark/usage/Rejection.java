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
 */
public record Rejection(
        Origin origin,
        long appendTimeMillis,
        byte @Nullable [] key,
        byte @Nullable [] value,
        List<RecordHeader> headers,
        RejectReason reason,
        String detail) {}
