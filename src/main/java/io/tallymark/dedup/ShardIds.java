package io.tallymark.dedup;

import io.tallymark.usage.Fingerprint;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The remembered ids of one shard: recent ones exact on heap, all of them in blocks in a {@link BlockStore}, the older ones found by a
 * tag on heap and confirmed from their block. Of several versions of an id the one in the block with the highest number holds, and the
 * versions' hours never go down, so dropping an hour never brings an older version back.
 */
final class ShardIds {
    /** So many ids stay exact on heap at least; otherwise an eighth of the old ones. */
    static final int FEWEST_RECENT = 1024;

    private static final int RECENT_SHARE = 8;
    /** Old ids lie in blocks of at most this share of what stays recent, so that a repeat of one reads little. */
    private static final int BLOCK_SHARE = 4;
    /** A restart divides blocks that hold more than so many times what they may. */
    private static final int LARGE_SHARE = 2;
    /** Of so many small blocks of an hour a restart makes large ones. A block is small below half of what it may hold. */
    private static final int MOST_SMALL = 32;
    /** Twice as many, which are the most there can be on heap, fit into {@link RecentIds}. */
    private static final int MOST_RECENT = 28_000;

    private final BlockStore store;
    private final int fewestRecent;
    private final int mostInBlock;
    private final OldIds old = new OldIds();
    private final OldBlocks oldBlocks = new OldBlocks();
    private RecentIds recent = new RecentIds();
    private final FreshBlocks fresh;
    private int nextNumber;
    private long confirmations;
    private long falseTags;

    ShardIds(BlockStore store, int fewestRecent) {
        this.store = store;
        this.fewestRecent = fewestRecent;
        this.mostInBlock = Math.max(1, fewestRecent / BLOCK_SHARE);
        this.fresh = new FreshBlocks(store);
    }

    /** What is known of an id; null when nothing is. Reads the store only for an old id, or one whose tag is that of an old id. */
    @Nullable
    SeenId find(Fingerprint id) throws Exception {
        int place = recent.find(id.high(), id.low());
        if (place >= 0) {
            return recent.seen(place);
        }
        int block = old.newestBlock(id.high(), Integer.MAX_VALUE);
        while (block >= 0) {
            confirmations++;
            SeenId seen = read(block, id);
            if (seen != null) {
                return seen;
            }
            falseTags++;
            block = old.newestBlock(id.high(), block);
        }
        return null;
    }

    void put(Fingerprint id, SeenId seen) throws Exception {
        recent.put(id, seen);
        // Only when no checkpoint comes for long: the heap has a bound all the same.
        if (recent.size() >= 2 * recentLimit()) {
            write();
            makeOld();
        }
    }

    /** Puts what is new into the store. Afterwards the store alone tells all. */
    void write() throws Exception {
        if (recent.written() < recent.size()) {
            nextNumber = fresh.write(recent, nextNumber);
            recent.markWritten();
        }
    }

    /** Whether the recent ids have become so many that they should become old ones. */
    boolean isFull() {
        return recent.size() >= recentLimit();
    }

    /** Moves the recent ids, which must have been written, into few blocks and off the heap. */
    void makeOld() throws Exception {
        fresh.clear();
        putOld(List.of(SortedIds.from(0, recent)));
        recent = new RecentIds(recentLimit());
    }

    /** Forgets whole hours. */
    void drop(LongPredicate goneHour) throws Exception {
        dropOld(goneHour);
        boolean someDropped = fresh.drop(goneHour);
        if (someDropped || hasRecent(goneHour)) {
            recent = fresh.without(recent, goneHour);
        }
    }

    /** Takes up the blocks that the store holds, by number. */
    void restore(NavigableMap<Integer, Stored> blocks) throws Exception {
        int total = 0;
        for (Stored block : blocks.values()) {
            total += new IdBlock(block.bytes).count();
        }
        long[] pairs = new long[total];
        int added = 0;
        for (Map.Entry<Integer, Stored> block : blocks.entrySet()) {
            oldBlocks.add(block.getKey(), block.getValue().epochHour);
            for (long high : new IdBlock(block.getValue().bytes).highs()) {
                pairs[added++] = OldIds.pair(high, block.getKey());
            }
        }
        old.add(pairs);
        nextNumber = blocks.isEmpty() ? 0 : Math.incrementExact(blocks.lastKey());
        reshape(blocks);
    }

    /**
     * Fresh blocks lose their places in the log when a job restarts. Without this, many restarts would leave many small ones, and large
     * ones would stay, of which a repeat reads one.
     */
    private void reshape(NavigableMap<Integer, Stored> blocks) throws Exception {
        Map<Long, NavigableMap<Integer, IdBlock>> byHour = misshapen(blocks);
        List<SortedIds> holding = new ArrayList<>();
        for (Map.Entry<Long, NavigableMap<Integer, IdBlock>> hour : byHour.entrySet()) {
            addHolding(hour.getKey(), hour.getValue(), holding);
        }
        Set<Integer> gone = new HashSet<>();
        for (Map.Entry<Long, NavigableMap<Integer, IdBlock>> hour : byHour.entrySet()) {
            for (int number : hour.getValue().keySet()) {
                store.remove(hour.getKey(), number);
                gone.add(number);
            }
        }
        removeOld(i -> gone.contains(oldBlocks.number(i)));
        putOld(holding);
    }

    /** The blocks that are to be written anew, by hour: those that are too large, and small ones where there are many. */
    private Map<Long, NavigableMap<Integer, IdBlock>> misshapen(NavigableMap<Integer, Stored> blocks) {
        Map<Long, NavigableMap<Integer, IdBlock>> large = new TreeMap<>();
        Map<Long, NavigableMap<Integer, IdBlock>> small = new TreeMap<>();
        for (Map.Entry<Integer, Stored> stored : blocks.entrySet()) {
            IdBlock block = new IdBlock(stored.getValue().bytes);
            boolean isLarge = block.count() > LARGE_SHARE * mostInBlock;
            if (isLarge || block.count() < mostInBlock / 2) {
                (isLarge ? large : small)
                        .computeIfAbsent(stored.getValue().epochHour, none -> new TreeMap<>())
                        .put(stored.getKey(), block);
            }
        }
        small.values().removeIf(ofHour -> ofHour.size() <= MOST_SMALL);
        small.forEach((hour, ofHour) ->
                large.computeIfAbsent(hour, none -> new TreeMap<>()).putAll(ofHour));
        return large;
    }

    /** Only versions that still hold go into the new blocks, for these outrank all others. */
    private void addHolding(long hour, NavigableMap<Integer, IdBlock> blocks, List<SortedIds> into) throws Exception {
        RecentIds holding = new RecentIds();
        for (Map.Entry<Integer, IdBlock> block : blocks.entrySet()) {
            long[] highs = block.getValue().highs();
            for (int i = 0; i < highs.length; i++) {
                Fingerprint id = new Fingerprint(highs[i], block.getValue().low(i));
                SeenId seen = block.getValue().seen(i, hour);
                if (holds(id, seen, block.getKey())) {
                    holding.put(id, seen);
                }
                // An hour may have any number of small blocks.
                if (holding.size() == MOST_RECENT) {
                    into.add(SortedIds.from(0, holding));
                    holding = new RecentIds();
                }
            }
        }
        into.add(SortedIds.from(0, holding));
    }

    /** Whether nothing newer is known of an id than a version in a block. */
    private boolean holds(Fingerprint id, SeenId seen, int number) throws Exception {
        return old.newestBlock(id.high(), Integer.MAX_VALUE) == number || seen.equals(find(id));
    }

    /** Puts old ids, in blocks that a look for one of them can afford to read. */
    private void putOld(List<SortedIds> some) throws Exception {
        long[] pairs = new long[some.stream().mapToInt(SortedIds::size).sum()];
        int put = 0;
        for (SortedIds ids : some) {
            for (int hour = 0; hour < ids.hours(); hour++) {
                put = putOld(ids, hour, pairs, put);
            }
        }
        old.add(pairs);
    }

    private int putOld(SortedIds ids, int hour, long[] pairs, int alreadyPut) throws Exception {
        int put = alreadyPut;
        int count = ids.end(hour) - ids.start(hour);
        int pieces = (count + mostInBlock - 1) / mostInBlock;
        for (int piece = 0; piece < pieces; piece++) {
            int from = ids.start(hour) + (int) ((long) count * piece / pieces);
            int to = ids.start(hour) + (int) ((long) count * (piece + 1) / pieces);
            store.put(ids.epochHour(hour), nextNumber, ids.block(from, to));
            oldBlocks.add(nextNumber, ids.epochHour(hour));
            for (int i = from; i < to; i++) {
                pairs[put++] = OldIds.pair(ids.high(i), nextNumber);
            }
            nextNumber = Math.incrementExact(nextNumber);
        }
        return put;
    }

    /** A block as it was found in the store. */
    record Stored(long epochHour, byte[] bytes) {}

    boolean isEmpty() {
        return recent.size() == 0 && old.size() == 0;
    }

    /** Ids on heap and in blocks; one with several versions counts as often. */
    long size() {
        return (long) recent.size() + old.size();
    }

    /** Tags that were found, and so blocks that were read. */
    long confirmations() {
        return confirmations;
    }

    /** Of those, how many were of another id. */
    long falseTags() {
        return falseTags;
    }

    private int recentLimit() {
        return Math.min(MOST_RECENT, Math.max(fewestRecent, old.size() / RECENT_SHARE));
    }

    private @Nullable SeenId read(int block, Fingerprint id) throws Exception {
        int i = oldBlocks.indexOf(block);
        byte[] bytes = i < 0 ? null : store.get(oldBlocks.epochHour(i), block);
        if (bytes == null) {
            throw new IllegalStateException("block " + block + " of remembered ids is missing from state");
        }
        return IdBlock.find(bytes, oldBlocks.epochHour(i), id);
    }

    private void dropOld(LongPredicate goneHour) throws Exception {
        BitSet gone = new BitSet();
        for (int i = 0; i < oldBlocks.size(); i++) {
            if (goneHour.test(oldBlocks.epochHour(i))) {
                store.remove(oldBlocks.epochHour(i), oldBlocks.number(i));
                gone.set(i);
            }
        }
        removeOld(gone::get);
    }

    /** Forgets blocks, and where the ids in them are. */
    private void removeOld(IntPredicate goneIndex) {
        if (oldBlocks.removeIf(goneIndex)) {
            old.removeBlocks(number -> oldBlocks.indexOf(number) < 0);
        }
    }

    private boolean hasRecent(LongPredicate goneHour) {
        for (int place = 0; place < recent.size(); place++) {
            if (goneHour.test(recent.epochHour(place))) {
                return true;
            }
        }
        return false;
    }
}
