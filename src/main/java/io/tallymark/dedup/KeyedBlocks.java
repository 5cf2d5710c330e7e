package io.tallymark.dedup;

import org.apache.flink.api.common.state.MapState;
import org.jspecify.annotations.Nullable;

/** The blocks of one shard in Flink's keyed state. */
final class KeyedBlocks implements BlockStore {
    private final MapState<Long, byte[]> blocks;
    private final Runnable enterShard;

    KeyedBlocks(MapState<Long, byte[]> blocks, Runnable enterShard) {
        this.blocks = blocks;
        this.enterShard = enterShard;
    }

    @Override
    public byte @Nullable [] get(long epochHour, int number) throws Exception {
        enterShard.run();
        return blocks.get(BlockKey.of(epochHour, number));
    }

    @Override
    public void put(long epochHour, int number, byte[] block) throws Exception {
        enterShard.run();
        blocks.put(BlockKey.of(epochHour, number), block);
    }

    @Override
    public void remove(long epochHour, int number) throws Exception {
        enterShard.run();
        blocks.remove(BlockKey.of(epochHour, number));
    }
}
