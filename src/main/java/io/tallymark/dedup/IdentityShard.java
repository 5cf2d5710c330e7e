package io.tallymark.dedup;

import io.tallymark.usage.Fingerprint;
import io.tallymark.usage.UsageEvent;
import org.apache.flink.api.java.functions.KeySelector;

/**
 * The key of deduplication: one of 1024 shards, by the first bits of the fingerprint of source and id. The number is part of every
 * savepoint and never changes.
 */
public final class IdentityShard implements KeySelector<UsageEvent, Integer> {
    static final int BITS = 10;
    static final int COUNT = 1 << BITS;

    private static final long serialVersionUID = 1L;

    @Override
    public Integer getKey(UsageEvent event) {
        return of(event.fingerprint());
    }

    static int of(Fingerprint id) {
        return (int) (id.high() >>> (Long.SIZE - BITS));
    }
}
