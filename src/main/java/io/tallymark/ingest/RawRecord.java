package io.tallymark.ingest;

import io.tallymark.usage.Origin;
import io.tallymark.usage.RecordHeader;
import io.tallymark.usage.RejectReason;
import io.tallymark.usage.Rejection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A record as Kafka holds it. Every decision about an event is a function of this and of the settings, and of nothing else. */
record RawRecord(
        Origin origin,
        long appendTimeMillis,
        byte @Nullable [] key,
        byte @Nullable [] value,
        List<RecordHeader> headers) {

    /**
     * Text of the last header of that name, as in Kafka's own {@code lastHeader}.
     *
     * @throws RejectException when it is not UTF-8
     */
    Optional<String> header(String name) throws RejectException {
        for (int i = headers.size() - 1; i >= 0; i--) {
            RecordHeader header = headers.get(i);
            byte[] text = header.value();
            if (text != null && header.name().equals(name)) {
                return Optional.of(Utf8.decode("the header " + name, text));
            }
        }
        return Optional.empty();
    }

    /**
     * Text of the first header of that name: what was there before others added theirs.
     *
     * @throws RejectException when it is not UTF-8
     */
    Optional<String> firstHeader(String name) throws RejectException {
        for (RecordHeader header : headers) {
            byte[] text = header.value();
            if (text != null && header.name().equals(name)) {
                return Optional.of(Utf8.decode("the header " + name, text));
            }
        }
        return Optional.empty();
    }

    /** Size of key, value and headers; a header's name counts its characters. */
    long bytes() {
        long bytes = length(key) + length(value);
        for (int i = 0; i < headers.size(); i++) {
            RecordHeader header = headers.get(i);
            bytes += header.name().length() + length(header.value());
        }
        return bytes;
    }

    private static long length(byte @Nullable [] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    Rejection rejected(RejectReason reason, String detail) {
        return new Rejection(origin, appendTimeMillis, key, value, headers, reason, detail);
    }
}
