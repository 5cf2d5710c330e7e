package io.tallymark.table;

import io.tallymark.usage.DatabaseAccess;
import io.tallymark.usage.HourlyTotal;
import java.io.IOException;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import org.apache.flink.api.connector.sink2.Sink;

/** How totals were written before: one statement each, sent in batches. What the present sink is compared with. */
public final class SingleRowUpserts {
    private static final String UPSERT = """
            INSERT INTO usage_hourly AS present (metric, customer_id, dimensions, period_start,
                quantity, event_count, digest, withdrawn_count, revision, closed, writer_epoch)
            VALUES (?, ?, ?::jsonb, ?, ?, ?, ?, ?, ?, ?, current_setting('tallymark.writer_epoch')::bigint)
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

    private SingleRowUpserts() {}

    public static Sink<HourlyTotal> sink(DatabaseAccess database) {
        return new TableSink<>(
                "usage_hourly", database, new RowUpsert<>(UPSERT, SingleRowUpserts::bind), TotalsBatch::new);
    }

    /** Writes each total by a statement and a transaction of its own. */
    static void write(DatabaseAccess database, Iterable<HourlyTotal> totals) throws SQLException, IOException {
        try (FencedConnection writer = new FencedConnection(database);
                PreparedStatement statement = writer.live().prepareStatement(UPSERT)) {
            for (HourlyTotal total : totals) {
                bind(statement, total);
                statement.executeUpdate();
            }
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
