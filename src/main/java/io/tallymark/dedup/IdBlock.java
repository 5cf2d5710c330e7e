package io.tallymark.dedup;

import io.tallymark.usage.BillingHour;
import io.tallymark.usage.ContentCheck;
import io.tallymark.usage.Fingerprint;
import org.jspecify.annotations.Nullable;

/**
 * The bytes in which ids lie in state: a block holds ids of one shard whose latest event times are in one hour, in order of their
 * fingerprints. Writes version 1 and reads all versions there have been, so that a savepoint never loses its meaning.
 *
 * <pre>
 * version 1: 8 bits 1 | 16 count | 16 of them unusual | 8 lower bits | the first fingerprint's high half without these, then in sections:
 *   for each id 64: low half
 *   for each id, the lower bits of its high half
 *   for each id 48: content check | 22: latest event time, ms in its hour
 *   for each unusual id 16: its index | 2 standing | 1 idle voids | 64 event time;
 *     the others are COUNTED, without idle voids, at their latest time
 *   for each id, the upper bits of its high half: by how much they are above those of the id before, as zeros, then a one
 * </pre>
 *
 * So written (Elias and Fano's code) the highs cost half a bit an id more than the least that is possible, and a search reads few of them.
 */
final class IdBlock {
    private static final int VERSION = 1;
    private static final int VERSION_BITS = 8;
    private static final int COUNT_BITS = 16;
    private static final int WIDTH_BITS = 8;
    private static final int HEADER_BITS = VERSION_BITS + 2 * COUNT_BITS + WIDTH_BITS;
    private static final int IN_HOUR_BITS = 22;
    private static final int SEEN_BITS = ContentCheck.BITS + IN_HOUR_BITS;
    private static final int STANDING_BITS = 2;
    private static final int UNUSUAL_BITS = COUNT_BITS + STANDING_BITS + 1 + Long.SIZE;

    private final byte[] bytes;
    private final int count;
    private final int unusual;
    private final int lowerBits;
    private final long firstUpper;

    IdBlock(byte[] bytes) {
        this.bytes = bytes;
        long version = Bits.read(bytes, 0, VERSION_BITS);
        if (version != VERSION) {
            throw new IllegalStateException("state holds remembered ids in version " + version
                    + ", which a newer Tallymark wrote; this one reads up to version " + VERSION);
        }
        count = (int) Bits.read(bytes, VERSION_BITS, COUNT_BITS);
        unusual = (int) Bits.read(bytes, VERSION_BITS + COUNT_BITS, COUNT_BITS);
        lowerBits = (int) Bits.read(bytes, VERSION_BITS + 2 * COUNT_BITS, WIDTH_BITS);
        firstUpper = Bits.read(bytes, HEADER_BITS, Long.SIZE - lowerBits);
    }

    /** The bytes of some ids of one hour: of a log of ids, those in some places, which are in order. */
    static byte[] write(RecentIds ids, int[] places, int from, int to) {
        int count = to - from;
        int lowerBits = lowerBits(ids.high(places[to - 1]) - ids.high(places[from]), count);
        long firstUpper = ids.high(places[from]) >>> lowerBits;
        long lastUpper = ids.high(places[to - 1]) >>> lowerBits;
        int unusual = 0;
        for (int i = from; i < to; i++) {
            unusual += ids.isUnusual(places[i]) ? 1 : 0;
        }
        BitWriter out = new BitWriter(HEADER_BITS
                + (Long.SIZE - lowerBits)
                + (long) count * (Long.SIZE + lowerBits + SEEN_BITS + 1)
                + (long) unusual * UNUSUAL_BITS
                + (lastUpper - firstUpper));
        out.write(VERSION, VERSION_BITS);
        out.write(count, COUNT_BITS);
        out.write(unusual, COUNT_BITS);
        out.write(lowerBits, WIDTH_BITS);
        out.write(firstUpper, Long.SIZE - lowerBits);
        for (int i = from; i < to; i++) {
            out.write(ids.low(places[i]), Long.SIZE);
        }
        for (int i = from; i < to; i++) {
            out.write(ids.high(places[i]), lowerBits);
        }
        for (int i = from; i < to; i++) {
            out.write(ids.check(places[i]), ContentCheck.BITS);
            out.write(Math.floorMod(ids.latestTimeMillis(places[i]), BillingHour.MILLIS), IN_HOUR_BITS);
        }
        for (int i = from; unusual > 0 && i < to; i++) {
            if (ids.isUnusual(places[i])) {
                writeUnusual(i - from, ids.seen(places[i]), out);
            }
        }
        long before = firstUpper;
        for (int i = from; i < to; i++) {
            long upper = ids.high(places[i]) >>> lowerBits;
            out.writeUnary(upper - before);
            before = upper;
        }
        return out.toBytes();
    }

    int count() {
        return count;
    }

    /** Where an id is among those of the block; -1 when it is not. */
    int indexOf(Fingerprint id) {
        long upper = (id.high() >>> lowerBits) - firstUpper;
        // See lowerBits; and below the first id's it is a large number too.
        if (Long.compareUnsigned(upper, 2L * count) > 0) {
            return -1;
        }
        long position = uppersPosition() + afterZeros((int) upper);
        long lower = id.high() & lowerMask();
        for (int i = (int) (position - uppersPosition() - upper); Bits.read(bytes, position, 1) == 1; i++, position++) {
            if (lower(i) == lower && low(i) == id.low()) {
                return i;
            }
        }
        return -1;
    }

    /** The high halves of all ids, in order. */
    long[] highs() {
        long[] highs = new long[count];
        long position = uppersPosition();
        long upper = firstUpper;
        for (int i = 0; i < count; i++) {
            int zeros = Long.numberOfLeadingZeros(Bits.read(bytes, position, Long.SIZE));
            while (zeros == Long.SIZE) {
                upper += zeros;
                position += zeros;
                zeros = Long.numberOfLeadingZeros(Bits.read(bytes, position, Long.SIZE));
            }
            upper += zeros;
            position += zeros + 1;
            highs[i] = upper << lowerBits | lower(i);
        }
        return highs;
    }

    long low(int i) {
        return Bits.read(bytes, lowsPosition() + (long) i * Long.SIZE, Long.SIZE);
    }

    /** What the block, which is of this hour, knows of an id. */
    SeenId seen(int i, long epochHour) {
        long position = seenPosition() + (long) i * SEEN_BITS;
        long check = Bits.read(bytes, position, ContentCheck.BITS);
        long latest =
                new BillingHour(epochHour).startMillis() + Bits.read(bytes, position + ContentCheck.BITS, IN_HOUR_BITS);
        for (int each = 0; each < unusual; each++) {
            long its = unusualPosition() + (long) each * UNUSUAL_BITS;
            if (Bits.read(bytes, its, COUNT_BITS) == i) {
                return unusual(its + COUNT_BITS, latest, check);
            }
        }
        return new SeenId(latest, latest, check, Standing.COUNTED, false);
    }

    /** What the block of these bytes and this hour knows of an id; null when it is not in it. */
    static @Nullable SeenId find(byte[] bytes, long epochHour, Fingerprint id) {
        IdBlock block = new IdBlock(bytes);
        int i = block.indexOf(id);
        return i < 0 ? null : block.seen(i, epochHour);
    }

    /** So many that from the first id to the last the upper bits rise by twice the number of ids at most: so many zeros are written. */
    private static int lowerBits(long range, int count) {
        long each = Long.divideUnsigned(range, count);
        return each == 0 ? 0 : Long.SIZE - 1 - Long.numberOfLeadingZeros(each);
    }

    private static void writeUnusual(int index, SeenId seen, BitWriter out) {
        out.write(index, COUNT_BITS);
        out.write(seen.standing().code(), STANDING_BITS);
        out.write(seen.idleVoids() ? 1 : 0, 1);
        out.write(seen.timeMillis(), Long.SIZE);
    }

    private SeenId unusual(long position, long latest, long check) {
        Standing standing = Standing.ofCode((int) Bits.read(bytes, position, STANDING_BITS));
        boolean idleVoids = Bits.read(bytes, position + STANDING_BITS, 1) == 1;
        long time = Bits.read(bytes, position + STANDING_BITS + 1, Long.SIZE);
        return new SeenId(time, latest, check, standing, idleVoids);
    }

    private long lower(int i) {
        return Bits.read(bytes, lowsPosition() + (long) count * Long.SIZE + (long) i * lowerBits, lowerBits);
    }

    private long lowerMask() {
        return (1L << lowerBits) - 1;
    }

    private long lowsPosition() {
        return (long) HEADER_BITS + Long.SIZE - lowerBits;
    }

    private long seenPosition() {
        return lowsPosition() + (long) count * (Long.SIZE + lowerBits);
    }

    private long unusualPosition() {
        return seenPosition() + (long) count * SEEN_BITS;
    }

    private long uppersPosition() {
        return unusualPosition() + (long) unusual * UNUSUAL_BITS;
    }

    /** How far into the upper bits so many zeros end: there the ids begin whose upper bits are that number. */
    private int afterZeros(int zeros) {
        int left = zeros;
        int position = 0;
        while (left > 0) {
            long zerosAsOnes = ~Bits.read(bytes, uppersPosition() + position, Long.SIZE);
            int here = Long.bitCount(zerosAsOnes);
            if (here >= left) {
                for (; left > 1; left--) {
                    zerosAsOnes ^= Long.highestOneBit(zerosAsOnes);
                }
                return position + Long.numberOfLeadingZeros(zerosAsOnes) + 1;
            }
            left -= here;
            position += Long.SIZE;
        }
        return position;
    }
}
