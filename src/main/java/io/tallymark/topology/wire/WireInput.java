package io.tallymark.topology.wire;

import io.tallymark.usage.Fingerprint;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.jspecify.annotations.Nullable;

/** Reads what {@link WireOutput} wrote. */
final class WireInput {
    private static final int SEVEN_BITS = 0x7F;

    private final SharedTexts narrow = new SharedTexts(false);
    private final SharedTexts wide = new SharedTexts(true);
    private byte[] bytes = new byte[0];
    private int size;
    private int position;

    void takeFrom(DataInputView source) throws IOException {
        size = source.readInt();
        if (size > bytes.length || bytes.length > WireOutput.MOST_KEPT_BYTES) {
            bytes = new byte[size];
        }
        source.readFully(bytes, 0, size);
        position = 0;
    }

    /** The element as it came. */
    void handTo(DataOutputView target) throws IOException {
        target.writeInt(size);
        target.write(bytes, 0, size);
    }

    int keptBytes() {
        return bytes.length;
    }

    int octet() {
        return bytes[position++] & 0xFF;
    }

    long number() {
        long turned = unsigned();
        return (turned >>> 1) ^ -(turned & 1);
    }

    long fixed() {
        long value = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            value = (value << Byte.SIZE) | (bytes[position++] & 0xFF);
        }
        return value;
    }

    Fingerprint fingerprint() {
        return new Fingerprint(fixed(), fixed());
    }

    /** A text that hardly comes twice. */
    String text() {
        long header = unsigned();
        boolean isWide = (header & 1) == 1;
        int length = (int) (header >>> 1) * (isWide ? Character.BYTES : 1);
        String text = SharedTexts.decode(bytes, position, length, isWide);
        position += length;
        return text;
    }

    /** A text that comes again and again: mostly the very same object, whose hash is known. */
    String sharedText() {
        long header = unsigned();
        boolean isWide = (header & 1) == 1;
        int length = (int) (header >>> 1) * (isWide ? Character.BYTES : 1);
        String text = (isWide ? wide : narrow).get(bytes, position, length);
        position += length;
        return text;
    }

    byte @Nullable [] bytes() {
        int length = (int) number();
        if (length < 0) {
            return null;
        }
        position += length;
        return Arrays.copyOfRange(bytes, position - length, position);
    }

    BigDecimal decimal() {
        long header = number();
        int scale = (int) (header >> 1);
        if ((header & 1) == 0) {
            return BigDecimal.valueOf(number(), scale);
        }
        byte[] unscaled = bytes();
        if (unscaled == null) {
            throw new IllegalStateException("a decimal came without digits");
        }
        return new BigDecimal(new BigInteger(unscaled), scale);
    }

    private long unsigned() {
        long value = 0;
        int shift = 0;
        byte next = bytes[position++];
        while (next < 0) {
            value |= (long) (next & SEVEN_BITS) << shift;
            shift += 7;
            next = bytes[position++];
        }
        return value | ((long) next << shift);
    }
}
