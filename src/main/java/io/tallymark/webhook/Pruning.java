package io.tallymark.webhook;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes old rows once an hour at most, after some event was answered. Thread safe. */
final class Pruning {
    private static final Logger LOG = LoggerFactory.getLogger(Pruning.class);
    private static final Duration PAUSE = Duration.ofHours(1);

    private final EventTable table;
    private final LongSupplier nanos;
    private final AtomicLong nextNanos;

    Pruning(EventTable table, LongSupplier nanos) {
        this.table = table;
        this.nanos = nanos;
        this.nextNanos = new AtomicLong(nanos.getAsLong());
    }

    void pruneNowAndThen() {
        long next = nextNanos.get();
        long now = nanos.getAsLong();
        if (now - next < 0 || !nextNanos.compareAndSet(next, now + PAUSE.toNanos())) {
            return;
        }
        try {
            table.prune();
        } catch (SQLException e) {
            LOG.debug("old webhook events stay for another hour", e);
        }
    }
}
