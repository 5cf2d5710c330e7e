package io.tallymark.chaos;

import io.tallymark.database.Outage;
import io.tallymark.usage.DatabaseAccess;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Reads the table all the time, and remembers the first total that was ever above the truth. The database may be away meanwhile. */
final class Watcher implements AutoCloseable {
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(250);
    /** Rows whose transaction began before a look and ended after it are seen by one of the next looks. */
    private static final String RECENT = """
            SELECT metric, customer_id, dimensions::text, period_start, quantity, event_count FROM usage_hourly
            WHERE updated_at > now() - interval '15 seconds'
            """;

    private final DatabaseAccess database;
    private final Ceiling ceiling;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final AtomicLong rows = new AtomicLong();
    private final Thread thread = new Thread(this::watch, "watcher");
    private volatile boolean closed;

    private Watcher(DatabaseAccess database, Ceiling ceiling) {
        this.database = database;
        this.ceiling = ceiling;
    }

    static Watcher start(DatabaseAccess database, Ceiling ceiling) {
        Watcher watcher = new Watcher(database, ceiling);
        watcher.thread.setDaemon(true);
        watcher.thread.start();
        return watcher;
    }

    /** Throws when any total was above the truth. */
    void check() {
        Throwable found = failure.get();
        if (found != null) {
            throw new AssertionError(found.getMessage(), found);
        }
    }

    /** How many rows it has compared. */
    long rows() {
        return rows.get();
    }

    @Override
    public void close() {
        closed = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void watch() {
        try {
            while (!closed && failure.get() == null) {
                look();
                Pause.of(BETWEEN_LOOKS);
            }
        } catch (Throwable e) { // Nobody else would hear of it.
            failure.compareAndSet(null, e);
        }
    }

    private void look() throws SQLException {
        try (Connection connection = database.connect();
                PreparedStatement statement = connection.prepareStatement(RECENT);
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                Optional<String> excess = ceiling.excess(new Ceiling.Row(
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        row.getTimestamp(4).toInstant(),
                        row.getBigDecimal(5),
                        row.getLong(6)));
                rows.incrementAndGet();
                excess.ifPresent(what -> failure.compareAndSet(null, new AssertionError("above the truth: " + what)));
            }
        } catch (SQLException e) {
            if (!Outage.passes(e)) {
                throw e;
            }
        }
    }
}
