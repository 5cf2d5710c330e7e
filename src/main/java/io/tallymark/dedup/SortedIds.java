package io.tallymark.dedup;

import java.util.Arrays;

/** The newest versions of a log, by hour, and in each hour in order of fingerprints: places in the log, without an object for each. */
final class SortedIds {
    private static final int PLACE_BITS = 16;
    private static final int PLACE = (1 << PLACE_BITS) - 1;

    private final RecentIds ids;
    private final int[] places;
    /** Where in {@link #places} each hour begins, and at last the end. */
    private final int[] starts;

    private SortedIds(RecentIds ids, int[] places, int[] starts) {
        this.ids = ids;
        this.places = places;
        this.starts = starts;
    }

    /** All that are in the log from a place on. */
    static SortedIds from(int firstPlace, RecentIds ids) {
        long[] keys = new long[ids.size() - firstPlace];
        int count = 0;
        for (int place = firstPlace; place < ids.size(); place++) {
            if (ids.isNewest(place)) {
                keys[count++] = ids.epochHour(place) << PLACE_BITS | place;
            }
        }
        return sorted(ids, keys, count);
    }

    /** Those of an hour that are in the log from a place on. */
    static SortedIds ofHour(long epochHour, int firstPlace, RecentIds ids) {
        long[] keys = new long[ids.size() - firstPlace];
        int count = 0;
        for (int place = firstPlace; place < ids.size(); place++) {
            if (ids.epochHour(place) == epochHour && ids.isNewest(place)) {
                keys[count++] = epochHour << PLACE_BITS | place;
            }
        }
        return sorted(ids, keys, count);
    }

    int size() {
        return places.length;
    }

    int hours() {
        return starts.length - 1;
    }

    long epochHour(int hour) {
        return ids.epochHour(places[starts[hour]]);
    }

    /** Where an hour begins. */
    int start(int hour) {
        return starts[hour];
    }

    int end(int hour) {
        return starts[hour + 1];
    }

    long high(int i) {
        return ids.high(places[i]);
    }

    /** A block of some that are of one hour. */
    byte[] block(int from, int to) {
        return IdBlock.write(ids, places, from, to);
    }

    private static SortedIds sorted(RecentIds ids, long[] keys, int count) {
        Arrays.sort(keys, 0, count);
        int[] places = new int[count];
        int[] starts = new int[count + 1];
        int hours = 0;
        for (int from = 0; from < count; ) {
            int to = from;
            while (to < count && keys[to] >> PLACE_BITS == keys[from] >> PLACE_BITS) {
                places[to] = (int) keys[to] & PLACE;
                to++;
            }
            sortHour(ids, places, keys, from, to);
            starts[hours++] = from;
            from = to;
        }
        starts[hours] = count;
        return new SortedIds(ids, places, Arrays.copyOf(starts, hours + 1));
    }

    /** By the first 48 bits after those of the shard; then, where these are the same, which is rare, by all. */
    private static void sortHour(RecentIds ids, int[] places, long[] keys, int from, int to) {
        for (int i = from; i < to; i++) {
            long unsignedOrder = (ids.high(places[i]) << IdentityShard.BITS) ^ Long.MIN_VALUE;
            keys[i] = (unsignedOrder & ~(long) PLACE) | places[i];
        }
        Arrays.sort(keys, from, to);
        for (int i = from; i < to; i++) {
            int place = (int) keys[i] & PLACE;
            int at = i;
            while (at > from
                    && keys[at - 1] >> PLACE_BITS == keys[i] >> PLACE_BITS
                    && isAfter(ids, places[at - 1], place)) {
                places[at] = places[at - 1];
                at--;
            }
            places[at] = place;
        }
    }

    private static boolean isAfter(RecentIds ids, int one, int other) {
        int byHigh = Long.compareUnsigned(ids.high(one), ids.high(other));
        return byHigh != 0 ? byHigh > 0 : Long.compareUnsigned(ids.low(one), ids.low(other)) > 0;
    }
}
