package io.tallymark.billing;

import io.tallymark.database.Database;
import io.tallymark.database.Sql;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Waits by the database's clock, which a rehearsal may move, and looks at it every second. */
public final class DatabasePause implements Pause {
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final Database database;
    private final Waiting waiting;
    private final CountDownLatch closing = new CountDownLatch(1);

    /** @param waiting told how long it still is, at each look */
    public DatabasePause(Database database, Waiting waiting) {
        this.database = database;
        this.waiting = waiting;
    }

    /** Told how long it still is. */
    @FunctionalInterface
    public interface Waiting {
        void still(Duration time);
    }

    @Override
    public void until(Instant when) throws SQLException {
        Instant now = database.inTransaction(Sql::now);
        while (now.isBefore(when)) {
            waiting.still(Duration.between(now, when));
            try {
                if (closing.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
                    return;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while waiting for " + when, e);
            }
            now = database.inTransaction(Sql::now);
        }
    }
}
