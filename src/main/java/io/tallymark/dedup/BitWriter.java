package io.tallymark.dedup;

import java.util.Arrays;

/** Writes numbers of up to 64 bits one after the other into bytes, the highest bit first. */
final class BitWriter {
    private byte[] bytes;
    private long position;

    BitWriter(int expectedBytes) {
        bytes = new byte[Math.max(16, expectedBytes)];
    }

    void write(long value, int bits) {
        int left = bits;
        ensure(bits);
        while (left > 0) {
            int free = Byte.SIZE - (int) (position & 7);
            int taken = Math.min(free, left);
            long part = (value >>> (left - taken)) & ((1L << taken) - 1);
            bytes[(int) (position >>> 3)] |= (byte) (part << (free - taken));
            position += taken;
            left -= taken;
        }
    }

    /** What was written; the last byte is filled up with zeros. */
    byte[] toBytes() {
        return Arrays.copyOf(bytes, (int) ((position + 7) >>> 3));
    }

    private void ensure(int bits) {
        int needed = (int) ((position + bits + 7) >>> 3);
        if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(needed, bytes.length + (bytes.length >> 1)));
        }
    }
}
