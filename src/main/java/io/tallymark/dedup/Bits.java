package io.tallymark.dedup;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Numbers of up to 64 bits at any place in bytes, the highest bit first, as {@link BitWriter} leaves them. After the end are zeros. */
final class Bits {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private Bits() {}

    /** The number in some bits from a position on, which is counted in bits. */
    static long read(byte[] bytes, long position, int bits) {
        if (bits == 0) {
            return 0;
        }
        int at = (int) (position >>> 3);
        int skipped = (int) (position & 7);
        long value = word(bytes, at) << skipped;
        if (bits + skipped > Long.SIZE && at + Long.BYTES < bytes.length) {
            value |= (bytes[at + Long.BYTES] & 0xFF) >>> (Byte.SIZE - skipped);
        }
        return value >>> (Long.SIZE - bits);
    }

    static void put(byte[] bytes, int at, long word) {
        LONGS.set(bytes, at, word);
    }

    private static long word(byte[] bytes, int at) {
        if (at + Long.BYTES <= bytes.length) {
            return (long) LONGS.get(bytes, at);
        }
        long word = 0;
        for (int i = at; i < at + Long.BYTES; i++) {
            word = word << Byte.SIZE | (i < bytes.length ? bytes[i] & 0xFF : 0);
        }
        return word;
    }
}
