package io.tallymark.dedup;

import org.jspecify.annotations.Nullable;

/** Durable blocks of one shard, each under its hour and its number. A block is put once and later removed, never changed. */
interface BlockStore {
    byte @Nullable [] get(long epochHour, int number) throws Exception;

    void put(long epochHour, int number, byte[] block) throws Exception;

    void remove(long epochHour, int number) throws Exception;
}
