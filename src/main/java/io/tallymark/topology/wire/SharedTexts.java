package io.tallymark.topology.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Texts by their bytes, a bounded number of them: one that finds its place taken by another one replaces it. */
final class SharedTexts {
    static final int PLACES = 1 << 13;
    static final int LONGEST_BYTES = 256;
    private static final int SPREAD = 0x9E3779B9;

    private final boolean wide;
    private final @Nullable String[] texts = new @Nullable String[PLACES];
    private final byte[][] keys = new byte[PLACES][];

    /** @param wide whether each char has two bytes */
    SharedTexts(boolean wide) {
        this.wide = wide;
    }

    String get(byte[] bytes, int from, int size) {
        if (size > LONGEST_BYTES) {
            return decode(bytes, from, size, wide);
        }
        int place = place(bytes, from, size);
        String present = texts[place];
        if (present != null && Arrays.equals(keys[place], 0, keys[place].length, bytes, from, from + size)) {
            return present;
        }
        String text = decode(bytes, from, size, wide);
        texts[place] = text;
        keys[place] = Arrays.copyOfRange(bytes, from, from + size);
        return text;
    }

    static String decode(byte[] bytes, int from, int size, boolean wide) {
        if (!wide) {
            return new String(bytes, from, size, StandardCharsets.ISO_8859_1);
        }
        char[] chars = new char[size / Character.BYTES];
        for (int i = 0; i < chars.length; i++) {
            int at = from + i * Character.BYTES;
            chars[i] = (char) (((bytes[at] & 0xFF) << Byte.SIZE) | (bytes[at + 1] & 0xFF));
        }
        return new String(chars);
    }

    private static int place(byte[] bytes, int from, int size) {
        int hash = size;
        for (int i = from; i < from + size; i++) {
            hash = hash * 31 + bytes[i];
        }
        return place(hash);
    }

    /** A place for a hash, whichever of its bits differ from those of others. */
    static int place(int hash) {
        return (hash * SPREAD) >>> (Integer.SIZE - Integer.numberOfTrailingZeros(PLACES));
    }
}
