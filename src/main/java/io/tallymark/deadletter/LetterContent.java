package io.tallymark.deadletter;

import io.tallymark.usage.RecordHeader;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A rejected record as its producer wrote it.
 *
 * @param headers its own, in order; of a record that was redriven before, with the headers that redriving added
 */
public record LetterContent(byte @Nullable [] key, byte @Nullable [] value, List<RecordHeader> headers) {
    /** Size of key, value and header values. */
    public long bytes() {
        long bytes = length(key) + length(value);
        for (RecordHeader header : headers) {
            bytes += length(header.value());
        }
        return bytes;
    }

    private static long length(byte @Nullable [] bytes) {
        return bytes == null ? 0 : bytes.length;
    }
}
