package io.tallymark.bench;

import io.tallymark.usage.DatabaseAccess;
import io.tallymark.usage.HourlyTotal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.util.List;

/** The database's own speed: all rows lie in a temporary table already and are upserted from there by one statement. */
final class OneStatement implements AutoCloseable {
    private static final String PREPARE = """
            SELECT set_config('tallymark.writer_epoch', nextval('writer_epoch_seq')::text, false),
                ensure_usage_months(now() - interval '2 months', now() + interval '2 months');
            CREATE TEMPORARY TABLE pending (metric text, customer_id text, dimensions jsonb, period_start timestamptz,
                quantity numeric, event_count bigint, digest bytea, withdrawn_count bigint, revision integer, closed boolean)
            """;
    private static final String FILL = "INSERT INTO pending VALUES (?, ?, ?::jsonb, ?, ?, ?, ?, ?, ?, ?)";
    private static final String UPSERT = """
            INSERT INTO usage_hourly AS present (metric, customer_id, dimensions, period_start,
                quantity, event_count, digest, withdrawn_count, revision, closed, writer_epoch)
            SELECT metric, customer_id, dimensions, period_start,
                quantity, event_count, digest, withdrawn_count, revision, closed,
                current_setting('tallymark.writer_epoch')::bigint
            FROM pending
            ON CONFLICT (metric, customer_id, dimensions, period_start) DO UPDATE SET
                quantity = EXCLUDED.quantity,
                event_count = EXCLUDED.event_count,
                digest = EXCLUDED.digest,
                withdrawn_count = EXCLUDED.withdrawn_count,
                revision = EXCLUDED.revision,
                closed = EXCLUDED.closed,
                updated_at = now(),
                writer_epoch = fenced_epoch(present.writer_epoch, EXCLUDED.writer_epoch)
            WHERE EXCLUDED.closed OR NOT present.closed
            """;

    private final Connection connection;

    OneStatement(DatabaseAccess database) throws SQLException {
        connection = database.connect();
    }

    void fill(List<HourlyTotal> totals) throws SQLException {
        execute(PREPARE);
        try (PreparedStatement statement = connection.prepareStatement(FILL)) {
            for (HourlyTotal total : totals) {
                bind(statement, total);
                statement.addBatch();
            }
            statement.executeBatch();
        }
        execute("ANALYZE pending");
    }

    void upsert() throws SQLException {
        execute(UPSERT);
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static void bind(PreparedStatement statement, HourlyTotal total) throws SQLException {
        statement.setString(1, total.key().metric());
        statement.setString(2, total.key().customerId());
        statement.setString(3, total.key().dimensions());
        statement.setTimestamp(4, Timestamp.from(total.hour().start()));
        statement.setBigDecimal(5, total.quantity());
        statement.setLong(6, total.eventCount());
        statement.setBytes(7, total.digest().toBytes());
        statement.setLong(8, total.withdrawnCount());
        statement.setInt(9, total.revision());
        statement.setBoolean(10, total.closed());
    }
}
