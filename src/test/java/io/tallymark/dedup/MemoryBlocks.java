package io.tallymark.dedup;

import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Blocks in plain memory, which refuses what a careful shard never does, and counts. */
final class MemoryBlocks implements BlockStore {
    private final Map<Long, byte[]> blocks = new HashMap<>();
    private int reads;
    private long writtenBytes;

    @Override
    public byte @Nullable [] get(long epochHour, int number) {
        reads++;
        return blocks.get(BlockKey.of(epochHour, number));
    }

    @Override
    public void put(long epochHour, int number, byte[] block) {
        writtenBytes += block.length;
        if (blocks.put(BlockKey.of(epochHour, number), block) != null) {
            throw new AssertionError("block " + number + " was put twice");
        }
    }

    @Override
    public void remove(long epochHour, int number) {
        if (blocks.remove(BlockKey.of(epochHour, number)) == null) {
            throw new AssertionError("there is no block " + number);
        }
    }

    int count() {
        return blocks.size();
    }

    int reads() {
        return reads;
    }

    long writtenBytes() {
        return writtenBytes;
    }

    long bytes() {
        return blocks.values().stream().mapToLong(block -> block.length).sum();
    }

    int largestBytes() {
        return blocks.values().stream().mapToInt(block -> block.length).max().orElse(0);
    }

    /** As a restart finds them. */
    NavigableMap<Integer, ShardIds.Stored> stored() {
        NavigableMap<Integer, ShardIds.Stored> stored = new TreeMap<>();
        blocks.forEach(
                (key, block) -> stored.put(BlockKey.number(key), new ShardIds.Stored(BlockKey.epochHour(key), block)));
        return stored;
    }
}
