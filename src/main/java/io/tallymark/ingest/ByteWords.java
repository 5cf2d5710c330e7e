package io.tallymark.ingest;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Looks at bytes eight at a time. */
final class ByteWords {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final long EACH = 0x0101010101010101L;
    private static final long TOP_BITS = 0x8080808080808080L;
    private static final long QUOTES = EACH * '"';
    private static final long BACKSLASHES = EACH * '\\';
    private static final long SPACES = EACH * ' ';
    /** Odd, with its bits all over: the fraction of the golden ratio. */
    private static final long SPREAD = 0x9E3779B97F4A7C15L;

    private ByteWords() {}

    /**
     * Where the next byte may be that does not simply continue a JSON text: a quote, a backslash, a control character or one that is not
     * ASCII. Everything before it does; the caller looks at that byte itself.
     */
    static int endOfPlain(byte[] bytes, int from) {
        int i = from;
        while (i + Long.BYTES <= bytes.length) {
            long word = (long) LONGS.get(bytes, i);
            long unusual = (word | below(word, SPACES) | zeros(word ^ QUOTES) | zeros(word ^ BACKSLASHES)) & TOP_BITS;
            if (unusual != 0) {
                return i + (Long.numberOfTrailingZeros(unusual) >>> 3);
            }
            i += Long.BYTES;
        }
        return i;
    }

    /** The top bit of each byte that is smaller; a borrow may set it in a byte above such a one too, never below the first. */
    private static long below(long word, long limits) {
        return (word - limits) & ~word;
    }

    private static long zeros(long word) {
        return below(word, EACH);
    }

    /** A hash of some bytes. Anybody can write two texts with one hash, so whoever uses it compares the bytes. */
    static int hash(byte[] bytes, int from, int to) {
        long hash = (long) to - from;
        int i = from;
        for (; i + Long.BYTES <= to; i += Long.BYTES) {
            hash = mixed(hash ^ (long) LONGS.get(bytes, i));
        }
        return (int) (i == to ? hash : mixed(hash ^ lastWord(bytes, i, to)));
    }

    private static long mixed(long word) {
        long product = word * SPREAD;
        return product ^ product >>> Integer.SIZE;
    }

    /** Some bytes in the form in which {@link #equal} compares with them. */
    static long[] words(byte[] bytes, int from, int to) {
        long[] words = new long[(to - from + Long.BYTES - 1) / Long.BYTES];
        for (int i = 0; i < words.length; i++) {
            int begin = from + i * Long.BYTES;
            words[i] = begin + Long.BYTES <= to ? (long) LONGS.get(bytes, begin) : lastWord(bytes, begin, to);
        }
        return words;
    }

    /**
     * Whether some bytes are those of the words. Faster than {@link java.util.Arrays#equals} where texts are short.
     *
     * @param length of what the words were made from
     */
    static boolean equal(long[] words, int length, byte[] bytes, int from, int to) {
        if (to - from != length) {
            return false;
        }
        int i = from;
        int word = 0;
        for (; i + Long.BYTES <= to; i += Long.BYTES) {
            if (words[word++] != (long) LONGS.get(bytes, i)) {
                return false;
            }
        }
        return i == to || words[word] == lastWord(bytes, i, to);
    }

    /** Fewer than eight bytes, the first one lowest, zeros behind the last. */
    private static long lastWord(byte[] bytes, int from, int to) {
        int length = to - from;
        if (from + Long.BYTES <= bytes.length) {
            return (long) LONGS.get(bytes, from) & ((1L << (length * Byte.SIZE)) - 1);
        }
        long word = 0;
        for (int i = length - 1; i >= 0; i--) {
            word = (word << Byte.SIZE) | (bytes[from + i] & 0xFF);
        }
        return word;
    }
}
