package io.tallymark.table;

import io.tallymark.usage.DatabaseAccess;
import io.tallymark.usage.HourlyTotal;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import org.apache.flink.connector.jdbc.core.datastream.sink.JdbcSink;

/** The sink of a replay's totals, in a side table: an upsert of whole totals under the replay's own number. */
public final class ReplayTable {
    static final String UPSERT = """
            INSERT INTO usage_replay (replay_id, metric, customer_id, dimensions, period_start,
                quantity, event_count, digest, withdrawn_count)
            VALUES (?, ?, ?, ?::jsonb, ?, ?, ?, ?, ?)
            ON CONFLICT (replay_id, metric, customer_id, period_start, dimensions) DO UPDATE SET
                quantity = EXCLUDED.quantity,
                event_count = EXCLUDED.event_count,
                digest = EXCLUDED.digest,
                withdrawn_count = EXCLUDED.withdrawn_count,
                written_at = now()
            """;

    private ReplayTable() {}

    /**
     * A sink for one replay.
     *
     * @param replayId drawn from {@code replay_id_seq}
     */
    public static JdbcSink<HourlyTotal> sink(DatabaseAccess database, long replayId) {
        return JdbcSink.<HourlyTotal>builder()
                .withQueryStatement(UPSERT, (statement, total) -> bind(statement, replayId, total))
                .withExecutionOptions(Batches.OPTIONS)
                .buildAtLeastOnce(new FencedConnectionProvider(database));
    }

    static void bind(PreparedStatement statement, long replayId, HourlyTotal total) throws SQLException {
        statement.setLong(1, replayId);
        statement.setString(2, total.key().metric());
        statement.setString(3, total.key().customerId());
        statement.setString(4, total.key().dimensions());
        statement.setTimestamp(5, Timestamp.from(total.hour().start()));
        statement.setBigDecimal(6, total.quantity());
        statement.setLong(7, total.eventCount());
        statement.setBytes(8, total.digest().toBytes());
        statement.setLong(9, total.withdrawnCount());
    }
}
