package io.tallymark.dedup;

import io.tallymark.usage.BillingHour;
import io.tallymark.usage.ContentCheck;
import io.tallymark.usage.Fingerprint;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The bytes in which ids lie in state: a block holds ids of one shard whose latest event times are in one hour, in order of their
 * fingerprints. Writes version 1 and reads all versions there have been, so that a savepoint never loses its meaning.
 *
 * <pre>
 * version 1: 8 bits 1 | 32 count | 7 width | 64 the first fingerprint's high half | for each id, without padding:
 *   width: high half less that of the id before; the first id has none
 *   64: low half | 48: content check | 22: latest event time, ms in its hour | 1: is it ordinary?
 *   if not ordinary: 2 standing | 1 idle voids | 64 event time; an ordinary id is COUNTED, without idle voids, at its latest time
 * </pre>
 */
final class IdBlock {
    private static final int VERSION = 1;
    private static final int VERSION_BITS = 8;
    private static final int COUNT_BITS = 32;
    private static final int WIDTH_BITS = 7;
    private static final int HEADER_BYTES = 14;
    private static final int ORDINARY_BYTES = 24;
    private static final int IN_HOUR_BITS = 22;
    private static final int STANDING_BITS = 2;
    private static final Comparator<Entry> BY_FINGERPRINT = (a, b) -> {
        int byHigh = Long.compareUnsigned(a.id.high(), b.id.high());
        return byHigh != 0 ? byHigh : Long.compareUnsigned(a.id.low(), b.id.low());
    };

    private IdBlock() {}

    /** An id and what is known of it. */
    record Entry(Fingerprint id, SeenId seen) {
        long epochHour() {
            return BillingHour.containing(seen.latestTimeMillis()).epochHour();
        }
    }

    /** Receives the entries of a block, in order. */
    interface Visitor {
        void entry(long high, long low);
    }

    static void sort(List<Entry> entries) {
        entries.sort(BY_FINGERPRINT);
    }

    /** The bytes of some entries of one hour, each with another fingerprint; sorts them. */
    static byte[] write(List<Entry> entries) {
        sort(entries);
        int width = width(entries);
        BitWriter out = new BitWriter(HEADER_BYTES + entries.size() * ORDINARY_BYTES);
        out.write(VERSION, VERSION_BITS);
        out.write(entries.size(), COUNT_BITS);
        out.write(width, WIDTH_BITS);
        long before = entries.get(0).id.high();
        out.write(before, Long.SIZE);
        boolean first = true;
        for (Entry entry : entries) {
            if (!first) {
                out.write(entry.id.high() - before, width);
            }
            first = false;
            before = entry.id.high();
            out.write(entry.id.low(), Long.SIZE);
            writeSeen(entry.seen, out);
        }
        return out.toBytes();
    }

    /** What the block knows of an id; null when it is not in it. */
    static @Nullable SeenId find(byte[] bytes, long epochHour, Fingerprint id) {
        Cursor cursor = new Cursor(bytes);
        while (cursor.next()) {
            if (cursor.high == id.high() && cursor.low == id.low()) {
                return cursor.seen(epochHour);
            }
            if (Long.compareUnsigned(cursor.high, id.high()) > 0) {
                return null;
            }
            cursor.skipSeen();
        }
        return null;
    }

    static int count(byte[] bytes) {
        return new Cursor(bytes).count;
    }

    static void visit(byte[] bytes, Visitor visitor) {
        Cursor cursor = new Cursor(bytes);
        while (cursor.next()) {
            visitor.entry(cursor.high, cursor.low);
            cursor.skipSeen();
        }
    }

    /** Adds all entries to a list. */
    static void read(byte[] bytes, long epochHour, List<Entry> into) {
        Cursor cursor = new Cursor(bytes);
        while (cursor.next()) {
            into.add(new Entry(new Fingerprint(cursor.high, cursor.low), cursor.seen(epochHour)));
        }
    }

    private static int width(List<Entry> entries) {
        long largest = 0;
        for (int i = 1; i < entries.size(); i++) {
            largest |= entries.get(i).id.high() - entries.get(i - 1).id.high();
        }
        return Long.SIZE - Long.numberOfLeadingZeros(largest);
    }

    private static void writeSeen(SeenId seen, BitWriter out) {
        out.write(seen.check(), ContentCheck.BITS);
        out.write(Math.floorMod(seen.latestTimeMillis(), BillingHour.MILLIS), IN_HOUR_BITS);
        boolean ordinary = seen.standing() == Standing.COUNTED
                && !seen.idleVoids()
                && seen.timeMillis() == seen.latestTimeMillis();
        out.write(ordinary ? 1 : 0, 1);
        if (!ordinary) {
            out.write(seen.standing().code(), STANDING_BITS);
            out.write(seen.idleVoids() ? 1 : 0, 1);
            out.write(seen.timeMillis(), Long.SIZE);
        }
    }

    /** Walks over a block. After {@link #next} either {@link #seen} or {@link #skipSeen} is called, once. */
    private static final class Cursor {
        private final BitReader in;
        private final int count;
        private final int width;
        private int done;
        private long high;
        private long low;

        Cursor(byte[] bytes) {
            in = new BitReader(bytes);
            long version = in.read(VERSION_BITS);
            if (version != VERSION) {
                throw new IllegalStateException("state holds remembered ids in version " + version
                        + ", which a newer Tallymark wrote; this one reads up to version " + VERSION);
            }
            count = (int) in.read(COUNT_BITS);
            width = (int) in.read(WIDTH_BITS);
            high = in.read(Long.SIZE);
        }

        boolean next() {
            if (done == count) {
                return false;
            }
            if (done > 0) {
                high += in.read(width);
            }
            low = in.read(Long.SIZE);
            done++;
            return true;
        }

        void skipSeen() {
            in.skip(ContentCheck.BITS + IN_HOUR_BITS);
            if (in.read(1) == 0) {
                in.skip(STANDING_BITS + 1 + Long.SIZE);
            }
        }

        SeenId seen(long epochHour) {
            long check = in.read(ContentCheck.BITS);
            long latest = new BillingHour(epochHour).startMillis() + in.read(IN_HOUR_BITS);
            if (in.read(1) == 1) {
                return new SeenId(latest, latest, check, Standing.COUNTED, false);
            }
            Standing standing = Standing.ofCode((int) in.read(STANDING_BITS));
            boolean idleVoids = in.read(1) == 1;
            return new SeenId(in.read(Long.SIZE), latest, check, standing, idleVoids);
        }
    }
}
