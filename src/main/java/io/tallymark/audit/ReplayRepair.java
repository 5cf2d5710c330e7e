package io.tallymark.audit;

import io.tallymark.audit.ReplayDifference.Total;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes the topic's totals over those of the table, in transactions of some rows each; the table's own trigger posts every change to the
 * ledger and makes the hour due. A row is only changed while it is still as it was compared, and keeps its writer epoch: the running job
 * is not fenced out.
 */
final class ReplayRepair implements AutoCloseable {
    private static final int BATCH_ROWS = 100;
    private static final int MAX_ATTEMPTS = 5;
    private static final String DEADLOCK = "40P01";

    private static final String CORRECT = """
            UPDATE usage_hourly SET quantity = ?, event_count = ?, digest = decode(?, 'hex'), withdrawn_count = ?,
                closed = true, revision = revision + 1, updated_at = now()
            WHERE metric = ? AND customer_id = ? AND dimensions = ?::jsonb AND period_start = ? AND closed = ?
                AND quantity = ? AND event_count = ? AND digest = decode(?, 'hex') AND withdrawn_count = ?
            """;

    /** Epoch 0: any writer may change the row later. */
    private static final String ADD = """
            INSERT INTO usage_hourly (quantity, event_count, digest, withdrawn_count,
                metric, customer_id, dimensions, period_start, revision, closed, writer_epoch)
            VALUES (?, ?, decode(?, 'hex'), ?, ?, ?, ?::jsonb, ?, 1, true, 0)
            ON CONFLICT DO NOTHING
            """;

    private final Connection connection;
    private final String cause;
    private final List<ReplayDifference> batch = new ArrayList<>();
    private long applied;

    /**
     * @param connection used by nobody else; closed with this
     */
    ReplayRepair(Connection connection, long replayId) throws SQLException {
        this.connection = connection;
        this.cause = "replay " + replayId + ": corrected from the topic";
        connection.setAutoCommit(false);
    }

    void add(ReplayDifference difference) throws SQLException {
        batch.add(difference);
        if (batch.size() == BATCH_ROWS) {
            flush();
        }
    }

    /** Writes what is left. Returns how many rows were corrected since the beginning. */
    long finish() throws SQLException {
        flush();
        return applied;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }

    private void flush() throws SQLException {
        for (int attempt = 1; !batch.isEmpty(); attempt++) {
            try {
                applied += write();
                batch.clear();
            } catch (SQLException e) {
                connection.rollback();
                // The running job writes rows in an order of its own; the database picks one of the two to try again.
                if (!DEADLOCK.equals(e.getSQLState()) || attempt == MAX_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private long write() throws SQLException {
        try (PreparedStatement why = connection.prepareStatement("SELECT set_config('tallymark.cause', ?, true)");
                PreparedStatement correct = connection.prepareStatement(CORRECT);
                PreparedStatement add = connection.prepareStatement(ADD)) {
            why.setString(1, cause);
            why.execute();
            long written = 0;
            for (ReplayDifference difference : batch) {
                Total table = difference.table();
                written += table == null ? insert(add, difference) : update(correct, difference, table);
            }
            connection.commit();
            return written;
        }
    }

    private static int insert(PreparedStatement add, ReplayDifference difference) throws SQLException {
        bindTotal(add, 1, difference.topic());
        bindKey(add, difference);
        return add.executeUpdate();
    }

    private static int update(PreparedStatement correct, ReplayDifference difference, Total compared)
            throws SQLException {
        bindTotal(correct, 1, difference.topic());
        bindKey(correct, difference);
        correct.setBoolean(9, !difference.open());
        bindTotal(correct, 10, compared);
        return correct.executeUpdate();
    }

    private static void bindKey(PreparedStatement statement, ReplayDifference difference) throws SQLException {
        statement.setString(5, difference.metric());
        statement.setString(6, difference.customerId());
        statement.setString(7, difference.dimensions());
        statement.setTimestamp(8, Timestamp.from(difference.hour()));
    }

    /** A total that the topic does not have is nothing, in a row that stays: its history is in the ledger. */
    private static void bindTotal(PreparedStatement statement, int first, @Nullable Total total) throws SQLException {
        Total written = total == null ? Total.NOTHING : total;
        statement.setBigDecimal(first, written.quantity());
        statement.setLong(first + 1, written.eventCount());
        statement.setString(first + 2, written.digest());
        statement.setLong(first + 3, written.withdrawnCount());
    }
}
