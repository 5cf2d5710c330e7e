package io.tallymark.table;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes batches one after the other, in the order in which they came, in a thread with a connection of its own. A batch that fails is
 * tried again; when it fails for good, nothing more is written and every call says so. To be called by one thread.
 */
final class BackgroundBatches<T> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BackgroundBatches.class);

    /** The one that is being written included. */
    static final int MOST_BATCHES = 4;

    /** Before the first retry; twice that before the second, three times before the third. */
    static final long RETRY_DELAY_MILLIS = 1_000;

    private static final int MAX_RETRIES = 3;
    private static final long LONGEST_END_SECONDS = 5;
    /** What RAISE EXCEPTION reports: the fence's refusal, which is final. */
    private static final String REFUSED = "P0001";

    private final String table;
    private final FencedConnection connections;
    private final BatchStatement<T> statement;
    private final long retryDelayMillis;
    private final BatchMetrics metrics;
    private final ExecutorService thread;
    private final Semaphore room = new Semaphore(MOST_BATCHES);
    private final CountDownLatch closed = new CountDownLatch(1);
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    private BackgroundBatches(
            String table,
            FencedConnection connections,
            BatchStatement<T> statement,
            long retryDelayMillis,
            BatchMetrics metrics) {
        this.table = table;
        this.connections = connections;
        this.statement = statement;
        this.retryDelayMillis = retryDelayMillis;
        this.metrics = metrics;
        metrics.waiting(() -> MOST_BATCHES - room.availablePermits());
        this.thread = Executors.newSingleThreadExecutor(task -> {
            Thread own = new Thread(task, "write-" + table);
            own.setDaemon(true);
            return own;
        });
    }

    /**
     * Connects at once: the epoch must be older than that of any later attempt, though this one may have nothing to write for long.
     *
     * @param connections closed with it
     */
    static <T> BackgroundBatches<T> open(
            String table,
            FencedConnection connections,
            BatchStatement<T> statement,
            long retryDelayMillis,
            BatchMetrics metrics)
            throws IOException {
        try {
            connections.live();
        } catch (SQLException e) {
            throw new IOException("cannot connect to write " + table + ": " + e.getMessage(), e);
        }
        return new BackgroundBatches<>(table, connections, statement, retryDelayMillis, metrics);
    }

    /** Hands a batch over; waits while there is no room. */
    void put(Batch<T> batch) throws IOException, InterruptedException {
        room.acquire();
        submit(batch);
    }

    /** Hands a batch over if there is room, else returns false. */
    boolean offer(Batch<T> batch) throws IOException {
        if (!room.tryAcquire()) {
            return false;
        }
        submit(batch);
        return true;
    }

    /** Waits until every batch is in the table. */
    void awaitAll() throws IOException, InterruptedException {
        room.acquire(MOST_BATCHES);
        room.release(MOST_BATCHES);
        check();
    }

    /** Throws when a batch could not be written. */
    void check() throws IOException {
        Throwable cause = failure.get();
        if (cause != null) {
            throw new IOException("cannot write " + table + ": " + cause.getMessage(), cause);
        }
    }

    /** Drops what is not written yet: without a checkpoint it comes again. */
    @Override
    public void close() {
        if (isClosed()) {
            return;
        }
        closed.countDown();
        if (room.availablePermits() < MOST_BATCHES) {
            connections.abort();
        }
        // By its own thread, which may be connecting just now.
        thread.execute(connections::close);
        thread.shutdown();
        if (!hasEnded()) {
            LOG.warn("The connection that writes {} is still being closed", table);
        }
    }

    private boolean hasEnded() {
        try {
            return thread.awaitTermination(LONGEST_END_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void submit(Batch<T> batch) throws IOException {
        if (failure.get() != null) {
            room.release();
            check();
        }
        thread.execute(() -> run(batch));
    }

    private void run(Batch<T> batch) {
        metrics.began();
        try {
            if (failure.get() == null && !isClosed()) {
                writeWithRetries(batch.rows());
            }
        } catch (Throwable e) { // Nobody else would hear of it.
            failure.compareAndSet(null, e);
        } finally {
            metrics.ended();
            room.release();
        }
    }

    private void writeWithRetries(List<T> rows) throws SQLException, InterruptedException {
        for (int retry = 0; !isClosed(); retry++) {
            try {
                write(rows);
                return;
            } catch (SQLException e) {
                metrics.failed(rows.size());
                if (retry == MAX_RETRIES || isClosed() || REFUSED.equals(e.getSQLState())) {
                    throw e;
                }
                LOG.warn("Writing {} rows of {} failed; trying again", rows.size(), table, e);
                connections.drop();
            }
            if (closed.await(retryDelayMillis * (retry + 1), TimeUnit.MILLISECONDS)) {
                return;
            }
        }
    }

    private void write(List<T> rows) throws SQLException {
        Connection connection = connections.live();
        // Whoever closes sees the connection, or this sees that it is closed.
        if (!isClosed()) {
            statement.write(connection, rows);
            metrics.succeeded(rows.size());
        }
    }

    private boolean isClosed() {
        return closed.getCount() == 0;
    }
}
