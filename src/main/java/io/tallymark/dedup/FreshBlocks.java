package io.tallymark.dedup;

import io.tallymark.usage.Fingerprint;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.function.LongPredicate;

/**
 * The blocks in state of the ids that are still on heap. Each checkpoint appends one for each hour that had new ids; eight of a size
 * become one, written anew from the heap, so that an id is written few times and its hour has few blocks.
 */
final class FreshBlocks {
    private static final int FAN_IN = 8;

    private final BlockStore store;
    private final Map<Long, Deque<Block>> byHour = new HashMap<>();

    FreshBlocks(BlockStore store) {
        this.store = store;
    }

    /** Holds the hour's versions from a place in the log on, up to where the next block begins. */
    private record Block(int number, int from, int count) {
        /** How often eight had to become one to give this many. */
        int tier() {
            return (Integer.SIZE - 1 - Integer.numberOfLeadingZeros(count)) / 3;
        }
    }

    /** Appends what is not in state yet; returns the next free number. */
    int write(RecentIds recent, int firstNumber) throws Exception {
        int number = firstNumber;
        SortedIds added = SortedIds.from(recent.written(), recent);
        for (int hour = 0; hour < added.hours(); hour++) {
            append(added, hour, number, recent);
            number = Math.incrementExact(number);
        }
        return number;
    }

    /** Removes all blocks: what they hold is to be written anew. */
    void clear() throws Exception {
        for (Map.Entry<Long, Deque<Block>> hour : byHour.entrySet()) {
            for (Block block : hour.getValue()) {
                store.remove(hour.getKey(), block.number);
            }
        }
        byHour.clear();
    }

    /** Removes the blocks of hours; returns whether there were any. */
    boolean drop(LongPredicate goneHour) throws Exception {
        boolean some = false;
        for (Iterator<Map.Entry<Long, Deque<Block>>> hours = byHour.entrySet().iterator(); hours.hasNext(); ) {
            Map.Entry<Long, Deque<Block>> hour = hours.next();
            if (goneHour.test(hour.getKey())) {
                for (Block block : hour.getValue()) {
                    store.remove(hour.getKey(), block.number);
                }
                hours.remove();
                some = true;
            }
        }
        return some;
    }

    /** The log without some hours' versions and without replaced ones; the blocks' places follow. */
    RecentIds without(RecentIds recent, LongPredicate goneHour) {
        RecentIds kept = new RecentIds();
        int[] places = new int[recent.size() + 1];
        for (int place = 0; place < recent.size(); place++) {
            if (place == recent.written()) {
                kept.markWritten();
            }
            places[place] = kept.size();
            if (!goneHour.test(recent.epochHour(place)) && recent.isNewest(place)) {
                kept.put(new Fingerprint(recent.high(place), recent.low(place)), recent.seen(place));
            }
        }
        if (recent.written() == recent.size()) {
            kept.markWritten();
        }
        places[recent.size()] = kept.size();
        for (Deque<Block> blocks : byHour.values()) {
            for (int i = blocks.size(); i > 0; i--) {
                Block block = blocks.removeFirst();
                blocks.addLast(new Block(block.number, places[block.from], block.count));
            }
        }
        return kept;
    }

    private void append(SortedIds added, int itsHour, int number, RecentIds recent) throws Exception {
        long hour = added.epochHour(itsHour);
        Deque<Block> blocks = byHour.computeIfAbsent(hour, none -> new ArrayDeque<>(2));
        SortedIds ids = added;
        int start = added.start(itsHour);
        int end = added.end(itsHour);
        Block block = new Block(number, recent.written(), end - start);
        while (endsInFull(blocks, block.tier())) {
            int from = block.from;
            for (int i = 1; i < FAN_IN; i++) {
                Block merged = blocks.removeLast();
                store.remove(hour, merged.number);
                from = merged.from;
            }
            ids = SortedIds.ofHour(hour, from, recent);
            start = 0;
            end = ids.size();
            block = new Block(number, from, end);
        }
        store.put(hour, number, ids.block(start, end));
        blocks.addLast(block);
    }

    /** Whether the last seven are of a tier, so that one more makes eight; a larger one among them is merged with them. */
    private static boolean endsInFull(Deque<Block> blocks, int tier) {
        int same = 0;
        for (Iterator<Block> last = blocks.descendingIterator();
                last.hasNext() && last.next().tier() <= tier; ) {
            same++;
        }
        return same >= FAN_IN - 1;
    }
}
