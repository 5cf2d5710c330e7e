package io.tallymark.dedup;

/** The key of a block within its shard: its hour, counted from the epoch, in the upper half, and its number in the lower. */
final class BlockKey {
    private BlockKey() {}

    static long of(long epochHour, int number) {
        return epochHour << Integer.SIZE | (number & 0xFFFFFFFFL);
    }

    static long epochHour(long key) {
        return key >> Integer.SIZE;
    }

    static int number(long key) {
        return (int) key;
    }
}
