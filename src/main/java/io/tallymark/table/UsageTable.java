package io.tallymark.table;

import io.tallymark.usage.DatabaseAccess;
import io.tallymark.usage.HourlyTotal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import org.apache.flink.api.connector.sink2.Sink;

/**
 * The sink of hourly totals: an upsert of whole totals, so at-least-once writing leaves exactly one right row each. A total of a running
 * hour never replaces a closed one, and a writer of an earlier attempt is refused by the fence.
 */
public final class UsageTable {
    static final String UPSERT = """
            INSERT INTO usage_hourly AS present (metric, customer_id, dimensions, period_start,
                quantity, event_count, digest, withdrawn_count, revision, closed, writer_epoch)
            SELECT metric, customer_id, dimensions::jsonb, to_timestamp(start_second),
                quantity, event_count, digest, withdrawn_count, revision, closed,
                current_setting('tallymark.writer_epoch')::bigint
            FROM %s AS total (%s)
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
            """.formatted(TotalArrays.UNNESTED, TotalArrays.COLUMNS);

    private UsageTable() {}

    public static Sink<HourlyTotal> sink(DatabaseAccess database) {
        return new TableSink<>("usage_hourly", database, UsageTable::write, TotalsBatch::new);
    }

    /** Writes totals of different rows. */
    static void write(Connection connection, List<HourlyTotal> rows) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(UPSERT)) {
            TotalArrays.bind(statement, 1, rows);
            statement.executeUpdate();
        }
    }
}
