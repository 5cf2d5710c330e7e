package io.tallymark.dedup;

import io.tallymark.usage.BillingHour;
import io.tallymark.usage.ContentCheck;
import io.tallymark.usage.Fingerprint;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The ids that came to a shard last, exactly and on heap: a log of versions in primitive arrays, and an open-addressing table of places
 * in it. A version that was written to state is never changed: what is newly known of its id is a later entry of the log.
 */
final class RecentIds {
    /** A place has 16 bits in a slot, and 0 is none. */
    static final int MOST = 0xFFFF;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int ENTRY_BYTES = 25;
    private static final int CHUNK_BITS = 6;
    private static final int CHUNK = 1 << CHUNK_BITS;
    private static final int SHARD_BITS = IdentityShard.BITS;
    private static final int CHECK_LOW_BITS = ContentCheck.BITS - SHARD_BITS;
    private static final int TIME_BITS = 34;
    private static final int TIME_HIGH_BITS = Long.SIZE - CHECK_LOW_BITS;
    private static final int ALLOWED_TIME_BITS = 44;
    private static final int TAG = 0xFFFF0000;
    private static final int PLACE = ~TAG;
    private static final long SPREAD = 0x9E3779B97F4A7C15L;
    private static final int FIRST_SLOTS = 16;

    /**
     * The log. Of each version: the high half without its shard, and in its stead the first 10 of 48 bits of check; the low half; the
     * other 38 bits of check; and 34 bits of time since {@link #baseMillis}, which are 0 where {@link #unusual} tells all.
     */
    private byte[][] chunks = new byte[1][];
    /** A tag of the fingerprint above, below it the place in the log plus one; 0 is free. At most three quarters are taken. */
    private int[] slots;
    /** What does not fit into the log, by place. */
    private final Map<Integer, SeenId> unusual = new HashMap<>();

    private int size;
    private int ids;
    private int written;
    private long shard;
    private long baseMillis;

    RecentIds() {
        this(0);
    }

    /** With room in the table for some ids. */
    RecentIds(int expectedIds) {
        slots = new int[Math.max(FIRST_SLOTS, Math.min(expectedIds, MOST) * 4 / 3 + 1)];
    }

    /** Versions in the log, those that a later one replaced included. */
    int size() {
        return size;
    }

    /** How much of the log is in state already. */
    int written() {
        return written;
    }

    void markWritten() {
        written = size;
    }

    /** Where the newest version of an id is; -1 when there is none. */
    int find(long high, long low) {
        return (slots[slot(high, low)] & PLACE) - 1;
    }

    /** Whether no later version replaced this one. */
    boolean isNewest(int place) {
        return size == ids || find(high(place), low(place)) == place;
    }

    void put(Fingerprint id, SeenId seen) {
        int slot = slot(id.high(), id.low());
        int present = (slots[slot] & PLACE) - 1;
        if (present >= written) {
            setSeen(present, id, seen);
            return;
        }
        int place = append(id, seen);
        ids += present < 0 ? 1 : 0;
        if (ids * 4 > slots.length * 3) {
            enlargeTable();
        } else {
            slots[slot] = entry(place, id.low());
        }
    }

    private void enlargeTable() {
        slots = new int[slots.length + slots.length / 2];
        for (int place = 0; place < size; place++) {
            slots[slot(high(place), low(place))] = entry(place, low(place));
        }
    }

    private int append(Fingerprint id, SeenId seen) {
        if (size == 0) {
            shard = IdentityShard.of(id);
            baseMillis = seen.timeMillis() - (1L << (TIME_BITS - 1));
        } else if (shard != IdentityShard.of(id)) {
            throw new IllegalArgumentException(id + " is not of shard " + shard);
        }
        ensureChunk();
        LONGS.set(chunk(size), offset(size) + Long.BYTES, id.low());
        setSeen(size, id, seen);
        return size++;
    }

    private void ensureChunk() {
        if (size == MOST) {
            throw new IllegalStateException("a shard has more than " + MOST + " recent ids");
        }
        if (offset(size) == 0) {
            int chunk = size >>> CHUNK_BITS;
            if (chunk == chunks.length) {
                chunks = Arrays.copyOf(chunks, chunk * 2);
            }
            chunks[chunk] = new byte[CHUNK * ENTRY_BYTES];
        }
    }

    long high(int place) {
        return head(place) >>> SHARD_BITS | shard << (Long.SIZE - SHARD_BITS);
    }

    long low(int place) {
        return (long) LONGS.get(chunk(place), offset(place) + Long.BYTES);
    }

    long check(int place) {
        return (head(place) << CHECK_LOW_BITS | tail(place) >>> TIME_HIGH_BITS)
                & (-1L >>> (Long.SIZE - ContentCheck.BITS));
    }

    /** Whether there is more to tell of it than that it was counted at its latest time. */
    boolean isUnusual(int place) {
        return time(place) == 0;
    }

    SeenId seen(int place) {
        SeenId told = toldApart(place);
        if (told != null) {
            return told;
        }
        long time = latestTimeMillis(place);
        return new SeenId(time, time, check(place), Standing.COUNTED, false);
    }

    long latestTimeMillis(int place) {
        SeenId told = toldApart(place);
        return told == null ? baseMillis + time(place) : told.latestTimeMillis();
    }

    /** The hour of the latest event time. */
    long epochHour(int place) {
        return Math.floorDiv(latestTimeMillis(place), BillingHour.MILLIS);
    }

    private @Nullable SeenId toldApart(int place) {
        return unusual.isEmpty() || time(place) != 0 ? null : unusual.get(place);
    }

    private void setSeen(int place, Fingerprint id, SeenId seen) {
        long latest = seen.latestTimeMillis();
        if (latest << (Long.SIZE - ALLOWED_TIME_BITS) >> (Long.SIZE - ALLOWED_TIME_BITS) != latest) {
            throw new IllegalStateException("an event time of " + latest + " ms is centuries away from today");
        }
        long time = latest - baseMillis;
        if (isOrdinary(seen) && time > 0 && time >>> TIME_BITS == 0) {
            if (!unusual.isEmpty()) {
                unusual.remove(place);
            }
        } else {
            unusual.put(place, seen);
            time = 0;
        }
        byte[] chunk = chunk(place);
        int offset = offset(place);
        LONGS.set(chunk, offset, id.high() << SHARD_BITS | seen.check() >>> CHECK_LOW_BITS);
        LONGS.set(chunk, offset + 2 * Long.BYTES, seen.check() << TIME_HIGH_BITS | time >>> Byte.SIZE);
        chunk[offset + 3 * Long.BYTES] = (byte) time;
    }

    private static boolean isOrdinary(SeenId seen) {
        return seen.standing() == Standing.COUNTED && !seen.idleVoids() && seen.timeMillis() == seen.latestTimeMillis();
    }

    private boolean is(int place, long high, long low) {
        byte[] chunk = chunk(place);
        int offset = offset(place);
        long otherHead = (long) LONGS.get(chunk, offset) ^ (high << SHARD_BITS);
        return (long) LONGS.get(chunk, offset + Long.BYTES) == low && otherHead >>> SHARD_BITS == 0;
    }

    private long time(int place) {
        return ((tail(place) & ((1L << TIME_HIGH_BITS) - 1)) << Byte.SIZE)
                | (chunk(place)[offset(place) + 3 * Long.BYTES] & 0xFF);
    }

    private long head(int place) {
        return (long) LONGS.get(chunk(place), offset(place));
    }

    private long tail(int place) {
        return (long) LONGS.get(chunk(place), offset(place) + 2 * Long.BYTES);
    }

    private byte[] chunk(int place) {
        return chunks[place >>> CHUNK_BITS];
    }

    private static int offset(int place) {
        return (place & (CHUNK - 1)) * ENTRY_BYTES;
    }

    /** The slot that has an id, or the free one that is to have it. */
    private int slot(long high, long low) {
        long hash = low * SPREAD;
        int tag = (int) hash & TAG;
        int[] table = slots;
        int slot = (int) (((hash >>> Integer.SIZE) * table.length) >>> Integer.SIZE);
        for (int taken = table[slot]; taken != 0; taken = table[slot]) {
            if ((taken & TAG) == tag && is((taken & PLACE) - 1, high, low)) {
                break;
            }
            slot = slot + 1 == table.length ? 0 : slot + 1;
        }
        return slot;
    }

    private static int entry(int place, long low) {
        return ((int) (low * SPREAD) & TAG) | (place + 1);
    }
}
