package io.tallymark.ingest;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the dimensions that come again and again, so that they are not checked and written out for each event. Customers choose
 * them: it keeps a bounded number of bounded texts, and one that comes once drives nothing out, as in {@link TextCache}. Not for
 * several threads.
 */
final class DimensionsCache {
    /** A power of two. With the longest texts all of it is below 2 MB. */
    static final int PLACES = 1_024;

    static final int LONGEST_CHARS = 256;

    private final @Nullable Entry[] entries = new Entry[PLACES];
    private final int[] missedHashes = new int[PLACES];

    /**
     * The dimensions of these values; null when they are not remembered.
     *
     * @param meter whose values they are
     */
    @Nullable
    String get(DimensionsReader meter, @Nullable String[] values) {
        Entry entry = entries[place(meter, values)];
        return entry != null && entry.meter == meter && Arrays.equals(entry.values, values) ? entry.json : null;
    }

    /** Remembers them, from the second time on. */
    void put(DimensionsReader meter, @Nullable String[] values, String json) {
        if (json.length() > LONGEST_CHARS) {
            return;
        }
        int hash = hash(meter, values);
        int place = hash & PLACES - 1;
        if (missedHashes[place] == hash) {
            entries[place] = new Entry(meter, values, json);
        }
        missedHashes[place] = hash;
    }

    private static int place(DimensionsReader meter, @Nullable String[] values) {
        return hash(meter, values) & PLACES - 1;
    }

    private static int hash(DimensionsReader meter, @Nullable String[] values) {
        int hash = 31 * meter.labelHash() + Arrays.hashCode(values);
        return hash ^ hash >>> 16;
    }

    private record Entry(DimensionsReader meter, @Nullable String[] values, String json) {}
}
