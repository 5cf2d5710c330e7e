package io.tallymark.close;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * How many looks at invoices go on at once in this process, for each keeps a connection of a small pool for its lock. A look at the tables
 * alone never waits for one that asks Stripe, which takes long.
 */
final class Turns {
    /** With the one that asks Stripe they leave connections for what the looks themselves, and others, read and write. */
    private static final int QUICK = 2;

    private final Semaphore quick = new Semaphore(QUICK, true);
    private final Semaphore asking = new Semaphore(1, true);
    private final Duration longest;

    /** @param longest wait for a turn */
    Turns(Duration longest) {
        this.longest = longest;
    }

    /** Work that reads the tables, and calls Stripe a few times at most; empty when no turn came. */
    <T> Optional<T> quick(InvoiceLock.Work<T> work) throws SQLException {
        return take(quick, work);
    }

    /** Work that asks Stripe for summaries; empty when no turn came. */
    <T> Optional<T> asking(InvoiceLock.Work<T> work) throws SQLException {
        return take(asking, work);
    }

    private <T> Optional<T> take(Semaphore turn, InvoiceLock.Work<T> work) throws SQLException {
        if (!isOurs(turn)) {
            return Optional.empty();
        }
        try {
            return Optional.of(work.run());
        } finally {
            turn.release();
        }
    }

    private boolean isOurs(Semaphore turn) {
        try {
            return turn.tryAcquire(longest.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
