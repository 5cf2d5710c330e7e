package io.tallymark.simulator.call;

/**
 * Remembers which text came with a name first, in 16 bytes each: both are kept as 64-bit hashes, in an open table. Once
 * {@value #MOST} names are known, new ones are no longer remembered. The caller locks it.
 */
public final class Fingerprints {
    static final int MOST = 4_000_000;

    private static final int FIRST_SLOTS = 1 << 10;

    /** Name and text take turns; a name of 0 is a free slot. */
    private long[] table = new long[2 * FIRST_SLOTS];

    private int size;

    /** False if the name came with another text before. */
    public boolean matches(String name, String text) {
        long nameHash = hash(name);
        long textHash = hash(text);
        int slot = slotOf(table, nameHash);
        if (table[slot] == nameHash) {
            return table[slot + 1] == textHash;
        }
        if (size < MOST) {
            put(slot, nameHash, textHash);
        }
        return true;
    }

    /** 64-bit FNV-1a, mixed; never 0. */
    static long hash(String text) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        }
        hash = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
        return Math.max(1, (hash ^ (hash >>> 33)) & Long.MAX_VALUE);
    }

    private void put(int slot, long nameHash, long textHash) {
        table[slot] = nameHash;
        table[slot + 1] = textHash;
        size++;
        // At most two thirds full, so that a search ends soon.
        if (3L * size > table.length) {
            grow();
        }
    }

    private void grow() {
        long[] old = table;
        table = new long[2 * old.length];
        for (int i = 0; i < old.length; i += 2) {
            if (old[i] != 0) {
                int slot = slotOf(table, old[i]);
                table[slot] = old[i];
                table[slot + 1] = old[i + 1];
            }
        }
    }

    private static int slotOf(long[] table, long nameHash) {
        int mask = table.length / 2 - 1;
        int slot = (int) nameHash & mask;
        while (table[2 * slot] != 0 && table[2 * slot] != nameHash) {
            slot = (slot + 1) & mask;
        }
        return 2 * slot;
    }
}
