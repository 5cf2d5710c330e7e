package io.tallymark.dedup;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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
        for (Map.Entry<Long, List<IdBlock.Entry>> hour :
                entriesByHour(recent, recent.written()).entrySet()) {
            append(hour.getKey(), hour.getValue(), number, recent);
            number = Math.incrementExact(number);
        }
        return number;
    }

    /** The newest versions by hour, in which they are to be written anew; their blocks are gone from state. */
    Map<Long, List<IdBlock.Entry>> takeApart(RecentIds recent) throws Exception {
        for (Map.Entry<Long, Deque<Block>> hour : byHour.entrySet()) {
            for (Block block : hour.getValue()) {
                store.remove(hour.getKey(), block.number);
            }
        }
        byHour.clear();
        return entriesByHour(recent, 0);
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
                IdBlock.Entry entry = recent.entry(place);
                kept.put(entry.id(), entry.seen());
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

    private void append(long hour, List<IdBlock.Entry> added, int number, RecentIds recent) throws Exception {
        Deque<Block> blocks = byHour.computeIfAbsent(hour, none -> new ArrayDeque<>());
        List<IdBlock.Entry> entries = added;
        Block block = new Block(number, recent.written(), entries.size());
        while (endsInFull(blocks, block.tier())) {
            int from = block.from;
            for (int i = 1; i < FAN_IN; i++) {
                Block merged = blocks.removeLast();
                store.remove(hour, merged.number);
                from = merged.from;
            }
            entries = entriesByHour(recent, from).getOrDefault(hour, List.of());
            block = new Block(number, from, entries.size());
        }
        store.put(hour, number, IdBlock.write(entries));
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

    private static Map<Long, List<IdBlock.Entry>> entriesByHour(RecentIds recent, int from) {
        Map<Long, List<IdBlock.Entry>> entries = new TreeMap<>();
        for (int place = from; place < recent.size(); place++) {
            if (recent.isNewest(place)) {
                entries.computeIfAbsent(recent.epochHour(place), none -> new ArrayList<>())
                        .add(recent.entry(place));
            }
        }
        return entries;
    }
}
