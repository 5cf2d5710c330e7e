package io.tallymark.table;

import io.tallymark.usage.DatabaseAccess;
import io.tallymark.usage.HourlyTotal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import org.apache.flink.api.connector.sink2.Sink;

/** The sink of a replay's totals, in a side table: an upsert of whole totals under the replay's own number. */
public final class ReplayTable {
    private static final String UPSERT = """
            INSERT INTO usage_replay (replay_id, metric, customer_id, dimensions, period_start,
                quantity, event_count, digest, withdrawn_count)
            SELECT ?, metric, customer_id, dimensions::jsonb, to_timestamp(start_second),
                quantity, event_count, digest, withdrawn_count
            FROM %s AS total (%s)
            ON CONFLICT (replay_id, metric, customer_id, period_start, dimensions) DO UPDATE SET
                quantity = EXCLUDED.quantity,
                event_count = EXCLUDED.event_count,
                digest = EXCLUDED.digest,
                withdrawn_count = EXCLUDED.withdrawn_count,
                written_at = now()
            """.formatted(TotalArrays.UNNESTED, TotalArrays.COLUMNS);

    private ReplayTable() {}

    /**
     * A sink for one replay.
     *
     * @param replayId drawn from {@code replay_id_seq}
     */
    public static Sink<HourlyTotal> sink(DatabaseAccess database, long replayId) {
        return new TableSink<>(
                "usage_replay", database, (connection, rows) -> write(connection, replayId, rows), TotalsBatch::new);
    }

    private static void write(Connection connection, long replayId, List<HourlyTotal> rows) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(UPSERT)) {
            statement.setLong(1, replayId);
            TotalArrays.bind(statement, 2, rows);
            statement.executeUpdate();
        }
    }
}
