package io.tallymark.dedup;

import io.tallymark.usage.BillingHour;
import io.tallymark.usage.ContentCheck;
import io.tallymark.usage.Fingerprint;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The ids that came to a shard last, exactly and on heap: a log of versions in one primitive array, and an open-addressing table of
 * places in it. A version that was written to state is never changed: what is newly known of its id is a later entry of the log.
 */
final class RecentIds {
    private static final int WORDS = 7;
    private static final int TIME_BITS = 44;
    private static final int TIME_LOW_BITS = 32;
    private static final int FLAG_BITS = 4;
    private static final int IDLE = 1;
    private static final int LATER = 2;
    private static final int STANDING_SHIFT = 2;
    private static final int FIRST_SLOTS = 16;

    /** Of each version: high 2, low 2, then 48 bits of check, 4 of flags, 44 of time in 3 words. */
    private int[] log = new int[0];
    /** Places in the log, plus one; 0 is free. At most three quarters are taken. */
    private int[] slots = new int[FIRST_SLOTS];
    /** Latest event times that are not the event's own, by place. */
    private final Map<Integer, Long> laterTimes = new HashMap<>();

    private int size;
    private int ids;
    private int written;

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
        int mask = slots.length - 1;
        for (int slot = (int) low & mask; slots[slot] != 0; slot = (slot + 1) & mask) {
            int place = slots[slot] - 1;
            if (word(place, 2) == low && word(place, 0) == high) {
                return place;
            }
        }
        return -1;
    }

    /** Whether no later version replaced this one. */
    boolean isNewest(int place) {
        return find(word(place, 0), word(place, 2)) == place;
    }

    void put(Fingerprint id, SeenId seen) {
        int present = find(id.high(), id.low());
        if (present >= written) {
            setSeen(present, seen);
            return;
        }
        ensureRoom();
        setWord(size, 0, id.high());
        setWord(size, 2, id.low());
        setSeen(size, seen);
        point(id.high(), id.low(), size);
        size++;
        if (present < 0) {
            ids++;
        }
    }

    IdBlock.Entry entry(int place) {
        return new IdBlock.Entry(new Fingerprint(word(place, 0), word(place, 2)), seen(place));
    }

    SeenId seen(int place) {
        long packed = word(place, 4);
        int flags = (int) (packed >>> (TIME_BITS - TIME_LOW_BITS)) & ((1 << FLAG_BITS) - 1);
        long time = timeMillis(place);
        return new SeenId(
                time,
                (flags & LATER) == 0 ? time : laterTimes.getOrDefault(place, time),
                packed >>> (Long.SIZE - ContentCheck.BITS),
                Standing.ofCode(flags >>> STANDING_SHIFT),
                (flags & IDLE) != 0);
    }

    /** The hour of the latest event time. */
    long epochHour(int place) {
        long time = timeMillis(place);
        boolean later = !laterTimes.isEmpty() && laterTimes.containsKey(place);
        return BillingHour.containing(later ? laterTimes.getOrDefault(place, time) : time)
                .epochHour();
    }

    private long timeMillis(int place) {
        long topFirst = (word(place, 4) << (Long.SIZE - (TIME_BITS - TIME_LOW_BITS)))
                | ((log[place * WORDS + 6] & 0xFFFFFFFFL) << (Long.SIZE - TIME_BITS));
        return topFirst >> (Long.SIZE - TIME_BITS);
    }

    private void setSeen(int place, SeenId seen) {
        long time = seen.timeMillis();
        if (time << (Long.SIZE - TIME_BITS) >> (Long.SIZE - TIME_BITS) != time) {
            throw new IllegalStateException("an event time of " + time + " ms is centuries away from today");
        }
        boolean later = seen.latestTimeMillis() != time;
        int flags = seen.standing().code() << STANDING_SHIFT | (later ? LATER : 0) | (seen.idleVoids() ? IDLE : 0);
        int highBits = TIME_BITS - TIME_LOW_BITS;
        long timeHigh = (time >>> TIME_LOW_BITS) & ((1L << highBits) - 1);
        setWord(place, 4, seen.check() << (Long.SIZE - ContentCheck.BITS) | (long) flags << highBits | timeHigh);
        log[place * WORDS + 6] = (int) time;
        if (later) {
            laterTimes.put(place, seen.latestTimeMillis());
        } else if (!laterTimes.isEmpty()) {
            laterTimes.remove(place);
        }
    }

    private void point(long high, long low, int place) {
        int mask = slots.length - 1;
        int slot = (int) low & mask;
        while (slots[slot] != 0) {
            int other = slots[slot] - 1;
            if (word(other, 2) == low && word(other, 0) == high) {
                break;
            }
            slot = (slot + 1) & mask;
        }
        slots[slot] = place + 1;
    }

    private void ensureRoom() {
        if ((size + 1) * WORDS > log.length) {
            log = Arrays.copyOf(log, (size + 4 + size / 8) * WORDS);
        }
        if ((ids + 1) * 4 > slots.length * 3) {
            int[] before = slots;
            slots = new int[before.length * 2];
            for (int slot : before) {
                if (slot != 0) {
                    point(word(slot - 1, 0), word(slot - 1, 2), slot - 1);
                }
            }
        }
    }

    private long word(int place, int at) {
        int i = place * WORDS + at;
        return (long) log[i] << Integer.SIZE | (log[i + 1] & 0xFFFFFFFFL);
    }

    private void setWord(int place, int at, long value) {
        int i = place * WORDS + at;
        log[i] = (int) (value >>> Integer.SIZE);
        log[i + 1] = (int) value;
    }
}
