package io.tallymark.table;

import io.tallymark.usage.DatabaseAccess;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection of one writer, replaced when it is lost, carrying a writer epoch. The first is drawn when the writer opens; each
 * reconnect adds one, so that what the server or a proxy still holds of the lost connection is refused once the new one has written.
 * Draws are {@link #EPOCHS_APART} apart: a task that was believed dead must not climb over its successor by losing its connection.
 */
final class FencedConnection implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FencedConnection.class);
    private static final int VALIDATION_TIMEOUT_SECONDS = 10;
    /** Migration V16. */
    private static final long EPOCHS_APART = 1_000_000;

    private static final long NOT_DRAWN = -1;

    private final DatabaseAccess database;
    private volatile @Nullable Connection connection;
    private long drawnEpoch = NOT_DRAWN;
    private long reconnects;

    FencedConnection(DatabaseAccess database) {
        this.database = database;
    }

    /** The present connection if it answers, else a new one. */
    Connection live() throws SQLException {
        Connection present = connection;
        if (present != null && present.isValid(VALIDATION_TIMEOUT_SECONDS)) {
            return present;
        }
        drop();
        Connection opened = database.connect();
        try {
            prepare(opened);
        } catch (SQLException e) {
            opened.close();
            throw e;
        }
        connection = opened;
        return opened;
    }

    /** The next statement gets a new one. */
    void drop() {
        Connection present = connection;
        connection = null;
        if (present == null) {
            return;
        }
        try {
            present.close();
        } catch (SQLException e) {
            LOG.warn("Closing a database connection failed; the server will drop it", e);
        }
    }

    /** For another thread than the one that uses the connection: cuts it, so that a statement under way fails at once. */
    void abort() {
        Connection present = connection;
        if (present == null) {
            return;
        }
        try {
            // Closing a TLS socket may wait for a writer that is blocked in it, and the caller is Flink's task.
            present.abort(FencedConnection::inBackground);
        } catch (SQLException e) {
            LOG.warn("Cutting a database connection failed; its statement goes on", e);
        }
    }

    @Override
    public void close() {
        drop();
    }

    private void prepare(Connection opened) throws SQLException {
        long epoch = nextEpoch(opened);
        LOG.info("Writing with epoch {}", epoch);
        try (PreparedStatement statement =
                opened.prepareStatement("SELECT set_config('tallymark.writer_epoch', ?, false)")) {
            statement.setString(1, Long.toString(epoch));
            statement.execute();
        }
    }

    private long nextEpoch(Connection opened) throws SQLException {
        if (drawnEpoch == NOT_DRAWN) {
            drawnEpoch = drawEpoch(opened);
        } else if (++reconnects >= EPOCHS_APART) {
            throw new SQLException("connected " + EPOCHS_APART + " times; restart the job for a new writer epoch");
        }
        return drawnEpoch + reconnects;
    }

    private static void inBackground(Runnable task) {
        Thread thread = new Thread(task, "abort-connection");
        thread.setDaemon(true);
        thread.start();
    }

    private static long drawEpoch(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT nextval('writer_epoch_seq'), "
                        + "ensure_usage_months(now() - interval '2 months', now() + interval '2 months')")) {
            row.next();
            return row.getLong(1);
        }
    }
}
