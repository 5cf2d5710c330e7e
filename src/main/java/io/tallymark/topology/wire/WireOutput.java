package io.tallymark.topology.wire;

import io.tallymark.usage.Fingerprint;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.Arrays;
import org.apache.flink.core.memory.DataOutputView;
import org.jspecify.annotations.Nullable;

/** The bytes of one element, gathered in a buffer that is used again for the next, and handed to Flink in one piece. */
final class WireOutput {
    /** A void carries its whole record, of which one may have megabytes: such a buffer is not kept for the small ones behind it. */
    static final int MOST_KEPT_BYTES = 1 << 16;

    private static final int FIRST_BYTES = 512;
    private static final int MOST_VARINT_BYTES = 10;
    private static final int SEVEN_BITS = 0x7F;
    private static final int MORE = 0x80;
    private static final int LATIN_1_END = 0x100;
    /** So many digits always fit a long. */
    private static final int LONG_DIGITS = 18;

    private final @Nullable String[] knownTexts = new @Nullable String[SharedTexts.PLACES];
    private final byte[] @Nullable [] knownBytes = new byte[SharedTexts.PLACES][];
    private byte[] bytes = new byte[FIRST_BYTES];
    private int size;

    void clear() {
        size = 0;
        if (bytes.length > MOST_KEPT_BYTES) {
            bytes = new byte[FIRST_BYTES];
        }
    }

    void handTo(DataOutputView target) throws IOException {
        target.writeInt(size);
        target.write(bytes, 0, size);
    }

    int keptBytes() {
        return bytes.length;
    }

    void octet(int value) {
        ensureRoom(1);
        bytes[size++] = (byte) value;
    }

    /** A number that is small as a rule; below 64 either way from zero it takes one byte. */
    void number(long value) {
        unsigned((value << 1) ^ (value >> (Long.SIZE - 1)));
    }

    /** Eight bytes, for numbers that are spread evenly. */
    void fixed(long value) {
        ensureRoom(Long.BYTES);
        for (int shift = Long.SIZE - Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
            bytes[size++] = (byte) (value >>> shift);
        }
    }

    void fingerprint(Fingerprint fingerprint) {
        fixed(fingerprint.high());
        fixed(fingerprint.low());
    }

    /** Every char as it is, half a surrogate pair too: a byte each when all are Latin-1, two otherwise. */
    void text(String text) {
        int length = text.length();
        ensureRoom(MOST_VARINT_BYTES + length);
        int start = size;
        unsigned((long) length << 1);
        for (int i = 0; i < length; i++) {
            char next = text.charAt(i);
            if (next >= LATIN_1_END) {
                size = start;
                wideText(text);
                return;
            }
            bytes[size++] = (byte) next;
        }
    }

    /** A text that comes again and again: its bytes are at hand, as a rule. */
    void sharedText(String text) {
        int place = SharedTexts.place(text.hashCode());
        byte[] known = knownBytes[place];
        if (known != null && text.equals(knownTexts[place])) {
            ensureRoom(known.length);
            System.arraycopy(known, 0, bytes, size, known.length);
            size += known.length;
            return;
        }
        int start = size;
        text(text);
        if (size - start <= SharedTexts.LONGEST_BYTES) {
            knownTexts[place] = text;
            knownBytes[place] = Arrays.copyOfRange(bytes, start, size);
        }
    }

    void bytes(byte @Nullable [] value) {
        if (value == null) {
            number(-1);
            return;
        }
        number(value.length);
        ensureRoom(value.length);
        System.arraycopy(value, 0, bytes, size, value.length);
        size += value.length;
    }

    /** With its scale, which equality asks for. */
    void decimal(BigDecimal value) {
        boolean isLong = value.precision() <= LONG_DIGITS;
        number(((long) value.scale() << 1) | (isLong ? 0 : 1));
        if (isLong) {
            number(
                    value.scale() == 0
                            ? value.longValue()
                            : value.unscaledValue().longValue());
        } else {
            bytes(value.unscaledValue().toByteArray());
        }
    }

    private void wideText(String text) {
        int length = text.length();
        ensureRoom(MOST_VARINT_BYTES + length * Character.BYTES);
        unsigned(((long) length << 1) | 1);
        for (int i = 0; i < length; i++) {
            char next = text.charAt(i);
            bytes[size++] = (byte) (next >>> Byte.SIZE);
            bytes[size++] = (byte) next;
        }
    }

    private void unsigned(long value) {
        ensureRoom(MOST_VARINT_BYTES);
        long rest = value;
        while ((rest & ~SEVEN_BITS) != 0) {
            bytes[size++] = (byte) ((rest & SEVEN_BITS) | MORE);
            rest >>>= 7;
        }
        bytes[size++] = (byte) rest;
    }

    private void ensureRoom(int more) {
        if (size + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
        }
    }
}
