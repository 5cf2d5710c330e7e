package io.tallymark.dedup;

import io.tallymark.usage.Fingerprint;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.LongPredicate;

/**
 * The blocks in state of the ids that are still on heap. Each checkpoint appends one for each hour that had new ids; eight of a size
 * become one, written anew from the heap, so that an id is written few times and its hour has few blocks.
 */
final class FreshBlocks {
    private static final int FAN_IN = 8;

    private final BlockStore store;
    /** By number. */
    private final List<Block> blocks = new ArrayList<>();

    FreshBlocks(BlockStore store) {
        this.store = store;
    }

    /** Holds the hour's versions from a place in the log on, up to where the hour's next block begins. */
    private record Block(long epochHour, int number, int from, int count) {
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
        drop(anyHour -> true);
    }

    /** Removes the blocks of hours; returns whether there were any. */
    boolean drop(LongPredicate goneHour) throws Exception {
        List<Block> gone = new ArrayList<>();
        for (Block block : blocks) {
            if (goneHour.test(block.epochHour)) {
                store.remove(block.epochHour, block.number);
                gone.add(block);
            }
        }
        return blocks.removeAll(Set.copyOf(gone));
    }

    /** The log without some hours' versions and without replaced ones; the blocks' places follow. */
    RecentIds without(RecentIds recent, LongPredicate goneHour) {
        RecentIds kept = new RecentIds(recent.size());
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
        blocks.replaceAll(block -> new Block(block.epochHour, block.number, places[block.from], block.count));
        return kept;
    }

    private void append(SortedIds added, int itsHour, int number, RecentIds recent) throws Exception {
        long hour = added.epochHour(itsHour);
        SortedIds ids = added;
        int start = added.start(itsHour);
        int end = added.end(itsHour);
        Block block = new Block(hour, number, recent.written(), end - start);
        while (lastUpTo(block.tier(), hour) >= FAN_IN - 1) {
            int from = block.from;
            for (int i = 1; i < FAN_IN; i++) {
                from = removeLast(hour).from;
            }
            ids = SortedIds.ofHour(hour, from, recent);
            start = 0;
            end = ids.size();
            block = new Block(hour, number, from, end);
        }
        store.put(hour, number, ids.block(start, end));
        blocks.add(block);
    }

    /** How many of an hour's last blocks are of a tier or below. With seven, one more makes eight. */
    private int lastUpTo(int tier, long epochHour) {
        int found = 0;
        for (int i = blocks.size() - 1; i >= 0; i--) {
            Block block = blocks.get(i);
            if (block.epochHour == epochHour) {
                if (block.tier() > tier) {
                    break;
                }
                found++;
            }
        }
        return found;
    }

    private Block removeLast(long epochHour) throws Exception {
        int i = blocks.size() - 1;
        while (blocks.get(i).epochHour != epochHour) {
            i--;
        }
        Block removed = blocks.remove(i);
        store.remove(epochHour, removed.number);
        return removed;
    }
}
