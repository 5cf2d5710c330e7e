package io.tallymark.embedded.traffic;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** A value that is no JSON object at all; made from that of a sound event where its bytes matter. */
enum Garbage {
    TOMBSTONE,
    EMPTY,
    TEXT,
    LIST,
    TRUNCATED,
    NOT_UTF_8;

    Optional<byte[]> value(byte[] sound) {
        return switch (this) {
            case TOMBSTONE -> Optional.empty();
            case EMPTY -> Optional.of(new byte[0]);
            case TEXT -> Optional.of("GET / HTTP/1.1".getBytes(StandardCharsets.US_ASCII));
            case LIST -> Optional.of("[1, 2]".getBytes(StandardCharsets.US_ASCII));
            case TRUNCATED -> Optional.of(Arrays.copyOf(sound, sound.length / 2));
            case NOT_UTF_8 -> Optional.of(new byte[] {'{', '"', (byte) 0xff, (byte) 0xfe, '"', '}'});
        };
    }
}
