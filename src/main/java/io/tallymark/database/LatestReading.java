package io.tallymark.database;

import java.sql.SQLException;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Figures for metrics that only the database knows: asked for at most once an interval, under a short bound, so that no metric ever holds
 * up the work beside it. While the database is away the latest answer stands. Refreshed by one thread, read by any.
 */
public final class LatestReading<T> {
    public static final Duration INTERVAL = Duration.ofSeconds(15);
    private static final String BOUND = "SET LOCAL statement_timeout = '2s'";

    private final Database.Work<T> query;
    private final LongSupplier nanoClock;
    private final Outage outage;
    private volatile T value;
    private volatile long readNanos;
    private long nextNanos;

    /**
     * @param who begins the log line of an outage
     * @param what is read, as the log line says it
     * @param none stands until the first answer
     * @param nanoClock monotonic, such as {@link System#nanoTime}
     */
    public LatestReading(String who, String what, Database.Work<T> query, T none, LongSupplier nanoClock) {
        this.query = query;
        this.nanoClock = nanoClock;
        this.outage = new Outage(who, "reading " + what);
        this.value = none;
        this.readNanos = nanoClock.getAsLong();
        this.nextNanos = readNanos;
    }

    /**
     * Asks again when it is time to.
     *
     * @throws SQLException when waiting would not mend it
     */
    public void refresh(Database database) throws SQLException {
        long now = nanoClock.getAsLong();
        if (now - nextNanos < 0) {
            return;
        }
        nextNanos = now + INTERVAL.toNanos();
        try {
            value = database.inTransaction(connection -> {
                Sql.update(connection, BOUND);
                return query.run(connection);
            });
            readNanos = nanoClock.getAsLong();
            outage.succeeded();
        } catch (SQLException e) {
            outage.failed(e);
        }
    }

    public T value() {
        return value;
    }

    /** Since the latest answer, so that an age that was read goes on growing while nobody answers. */
    public long ageSeconds() {
        return Duration.ofNanos(nanoClock.getAsLong() - readNanos).toSeconds();
    }
}
