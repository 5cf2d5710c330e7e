package io.tallymark.dedup;

import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * Where the older ids of a shard are: 32 bits of each fingerprint in order, and the number of the block in state that holds the rest.
 * Eight bytes an id. A new id meets one of n ids by chance with odds of n in 2^32, and only then costs a read.
 */
final class OldIds {
    private int[] tags = new int[0];
    private int[] blocks = new int[0];

    /** A tag above, a block below: the form in which ids are added. */
    static long pair(long high, int block) {
        return (long) tag(high) << Integer.SIZE | (block & 0xFFFFFFFFL);
    }

    int size() {
        return tags.length;
    }

    /** The newest block below a bound, that is with the highest number, which has the id's tag; -1 when none has. */
    int newestBlock(long high, int below) {
        int tag = tag(high);
        int newest = -1;
        for (int i = firstAtLeast(tag); i < tags.length && tags[i] == tag; i++) {
            if (blocks[i] < below && blocks[i] > newest) {
                newest = blocks[i];
            }
        }
        return newest;
    }

    /** Adds pairs; sorts them first. */
    void add(long[] pairs) {
        // Tags are unsigned: their order is that of the signed numbers with the highest bit turned.
        for (int i = 0; i < pairs.length; i++) {
            pairs[i] ^= Long.MIN_VALUE;
        }
        Arrays.sort(pairs);
        int total = tags.length + pairs.length;
        int[] allTags = new int[total];
        int[] allBlocks = new int[total];
        int old = 0;
        int added = 0;
        for (int i = 0; i < total; i++) {
            boolean takeOld = added == pairs.length
                    || (old < tags.length && Integer.compareUnsigned(tags[old], tagOf(pairs[added])) <= 0);
            allTags[i] = takeOld ? tags[old] : tagOf(pairs[added]);
            allBlocks[i] = takeOld ? blocks[old++] : (int) pairs[added++];
        }
        tags = allTags;
        blocks = allBlocks;
    }

    void removeBlocks(IntPredicate gone) {
        int kept = 0;
        for (int i = 0; i < tags.length; i++) {
            if (!gone.test(blocks[i])) {
                tags[kept] = tags[i];
                blocks[kept++] = blocks[i];
            }
        }
        tags = Arrays.copyOf(tags, kept);
        blocks = Arrays.copyOf(blocks, kept);
    }

    private static int tagOf(long turned) {
        return (int) ((turned ^ Long.MIN_VALUE) >>> Integer.SIZE);
    }

    /** The 32 bits that follow those of the shard. */
    private static int tag(long high) {
        return (int) (high << IdentityShard.BITS >>> Integer.SIZE);
    }

    /** Tags are spread evenly, so a tag's share of all numbers tells nearly where it is. */
    private int firstAtLeast(int tag) {
        int guess = (int) (((tag & 0xFFFFFFFFL) * tags.length) >>> Integer.SIZE);
        int low = guess;
        int high = guess;
        for (int step = 16; low > 0 && !isBelow(low - 1, tag); step *= 2) {
            high = low;
            low = Math.max(0, low - step);
        }
        for (int step = 16; high < tags.length && isBelow(high, tag); step *= 2) {
            low = high + 1;
            high = Math.min(tags.length, high + step);
        }
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (isBelow(middle, tag)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private boolean isBelow(int i, int tag) {
        return Integer.compareUnsigned(tags[i], tag) < 0;
    }
}
