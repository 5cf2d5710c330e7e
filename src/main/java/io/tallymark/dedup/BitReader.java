package io.tallymark.dedup;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Reads what {@link BitWriter} wrote. */
final class BitReader {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final byte[] bytes;
    private long position;

    BitReader(byte[] bytes) {
        this.bytes = bytes;
    }

    long read(int bits) {
        int start = (int) (position >>> 3);
        int skipped = (int) (position & 7);
        if (bits > 0 && bits + skipped <= Long.SIZE && start + Long.BYTES <= bytes.length) {
            position += bits;
            return ((long) LONGS.get(bytes, start) << skipped) >>> (Long.SIZE - bits);
        }
        return readSlowly(bits);
    }

    void skip(int bits) {
        position += bits;
    }

    private long readSlowly(int bits) {
        long value = 0;
        int left = bits;
        while (left > 0) {
            int present = Byte.SIZE - (int) (position & 7);
            int taken = Math.min(present, left);
            int part = (bytes[(int) (position >>> 3)] >>> (present - taken)) & ((1 << taken) - 1);
            value = (value << taken) | part;
            position += taken;
            left -= taken;
        }
        return value;
    }
}
