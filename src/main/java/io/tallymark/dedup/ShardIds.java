package io.tallymark.dedup;

import io.tallymark.usage.Fingerprint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
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
    /** A block of less than this share of what stays recent is small, and a restart that finds many of an hour merges them. */
    private static final int SMALL_SHARE = 4;

    private static final int MOST_SMALL = 32;
    /** Far below what an array or a block can hold. */
    private static final int MOST_RECENT = 1 << 19;

    private final BlockStore store;
    private final int fewestRecent;
    private final OldIds old = new OldIds();
    /** Hours of the old ids' blocks, by number. */
    private final Map<Integer, Long> oldBlocks = new HashMap<>();

    private RecentIds recent = new RecentIds();
    private final FreshBlocks fresh;
    private int nextNumber;
    private long confirmations;
    private long falseTags;

    ShardIds(BlockStore store, int fewestRecent) {
        this.store = store;
        this.fewestRecent = fewestRecent;
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
        Map<Long, List<IdBlock.Entry>> byHour = fresh.takeApart(recent);
        long[] pairs = new long[byHour.values().stream().mapToInt(List::size).sum()];
        int at = 0;
        for (Map.Entry<Long, List<IdBlock.Entry>> hour : byHour.entrySet()) {
            long[] ofHour = putOld(hour.getKey(), hour.getValue());
            System.arraycopy(ofHour, 0, pairs, at, ofHour.length);
            at += ofHour.length;
        }
        old.add(pairs);
        recent = new RecentIds();
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
            total += IdBlock.count(block.bytes);
        }
        Pairs pairs = new Pairs(total);
        for (Map.Entry<Integer, Stored> block : blocks.entrySet()) {
            oldBlocks.put(block.getKey(), block.getValue().epochHour);
            pairs.block = block.getKey();
            IdBlock.visit(block.getValue().bytes, pairs);
        }
        old.add(pairs.all);
        nextNumber = blocks.isEmpty() ? 0 : Math.incrementExact(blocks.lastKey());
        mergeSmall(blocks);
    }

    /** Fresh blocks lose their places in the log when a job restarts: without this, many restarts would leave many small ones. */
    private void mergeSmall(NavigableMap<Integer, Stored> blocks) throws Exception {
        Map<Long, List<Integer>> smallByHour = new TreeMap<>();
        for (Map.Entry<Integer, Stored> block : blocks.entrySet()) {
            if (IdBlock.count(block.getValue().bytes) < fewestRecent / SMALL_SHARE) {
                smallByHour
                        .computeIfAbsent(block.getValue().epochHour, none -> new ArrayList<>())
                        .add(block.getKey());
            }
        }
        for (Map.Entry<Long, List<Integer>> hour : smallByHour.entrySet()) {
            if (hour.getValue().size() > MOST_SMALL) {
                merge(hour.getKey(), hour.getValue(), blocks);
            }
        }
    }

    /** Only versions that still hold go into the new block, for it outranks all others. */
    private void merge(long hour, List<Integer> numbers, Map<Integer, Stored> blocks) throws Exception {
        Map<Fingerprint, IdBlock.Entry> holding = new HashMap<>();
        for (int number : numbers) {
            List<IdBlock.Entry> entries = new ArrayList<>();
            Stored block = blocks.get(number);
            if (block != null) {
                IdBlock.read(block.bytes, hour, entries);
            }
            for (IdBlock.Entry entry : entries) {
                if (holds(entry, number)) {
                    holding.put(entry.id(), entry);
                }
            }
        }
        for (int number : numbers) {
            store.remove(hour, number);
            oldBlocks.remove(number);
        }
        old.removeBlocks(block -> !oldBlocks.containsKey(block));
        if (!holding.isEmpty()) {
            old.add(putOld(hour, new ArrayList<>(holding.values())));
        }
    }

    /** Reads another block only where a newer one has the id's tag. */
    private boolean holds(IdBlock.Entry entry, int number) throws Exception {
        return old.newestBlock(entry.id().high(), Integer.MAX_VALUE) == number
                || entry.seen().equals(find(entry.id()));
    }

    /** Puts old ids of an hour, in blocks that a look for one of them can afford to read; returns what their index is to hold. */
    private long[] putOld(long hour, List<IdBlock.Entry> entries) throws Exception {
        IdBlock.sort(entries);
        long[] pairs = new long[entries.size()];
        int pieces = (entries.size() + fewestRecent - 1) / fewestRecent;
        for (int piece = 0; piece < pieces; piece++) {
            int from = (int) ((long) entries.size() * piece / pieces);
            int to = (int) ((long) entries.size() * (piece + 1) / pieces);
            store.put(hour, nextNumber, IdBlock.write(entries.subList(from, to)));
            oldBlocks.put(nextNumber, hour);
            for (int i = from; i < to; i++) {
                pairs[i] = OldIds.pair(entries.get(i).id().high(), nextNumber);
            }
            nextNumber = Math.incrementExact(nextNumber);
        }
        return pairs;
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
        Long hour = oldBlocks.get(block);
        byte[] bytes = hour == null ? null : store.get(hour, block);
        if (hour == null || bytes == null) {
            throw new IllegalStateException("block " + block + " of remembered ids is missing from state");
        }
        return IdBlock.find(bytes, hour, id);
    }

    private void dropOld(LongPredicate goneHour) throws Exception {
        boolean some = false;
        for (Iterator<Map.Entry<Integer, Long>> blocks = oldBlocks.entrySet().iterator(); blocks.hasNext(); ) {
            Map.Entry<Integer, Long> block = blocks.next();
            if (goneHour.test(block.getValue())) {
                store.remove(block.getValue(), block.getKey());
                blocks.remove();
                some = true;
            }
        }
        if (some) {
            old.removeBlocks(block -> !oldBlocks.containsKey(block));
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

    private static final class Pairs implements IdBlock.Visitor {
        private final long[] all;
        private int size;
        private int block;

        Pairs(int total) {
            all = new long[total];
        }

        @Override
        public void entry(long high, long low) {
            all[size++] = OldIds.pair(high, block);
        }
    }
}
