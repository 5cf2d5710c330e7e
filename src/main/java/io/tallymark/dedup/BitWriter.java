package io.tallymark.dedup;

/** Writes numbers of up to 64 bits one after the other, the highest bit first, into as many bytes as were asked for. */
final class BitWriter {
    private final byte[] bytes;
    private int at;
    /** What is not in the bytes yet, in its lowest bits; above them may be anything. */
    private long pending;

    private int pendingBits;

    BitWriter(long bits) {
        bytes = new byte[Math.toIntExact((bits + Byte.SIZE - 1) / Byte.SIZE)];
    }

    /** Writes the lowest bits of a number. */
    void write(long value, int bits) {
        if (bits == 0) {
            return;
        }
        long part = value & (-1L >>> (Long.SIZE - bits));
        int free = Long.SIZE - pendingBits;
        if (bits < free) {
            pending = pending << bits | part;
            pendingBits += bits;
            return;
        }
        int left = bits - free;
        Bits.put(bytes, at, (free == Long.SIZE ? 0 : pending << free) | part >>> left);
        at += Long.BYTES;
        pending = part;
        pendingBits = left;
    }

    /** Writes zeros and after them a one. */
    void writeUnary(long zeros) {
        long left = zeros;
        for (; left >= Long.SIZE; left -= Long.SIZE) {
            write(0, Long.SIZE);
        }
        write(1, (int) left + 1);
    }

    /** What was written; the last byte is filled up with zeros. */
    byte[] toBytes() {
        if (pendingBits > 0) {
            long aligned = pending << (Long.SIZE - pendingBits);
            for (int taken = 0; taken < pendingBits; taken += Byte.SIZE) {
                bytes[at++] = (byte) (aligned >>> (Long.SIZE - Byte.SIZE - taken));
            }
            pendingBits = 0;
        }
        return bytes;
    }
}
