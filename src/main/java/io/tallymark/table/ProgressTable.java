package io.tallymark.table;

import io.tallymark.usage.DatabaseAccess;
import io.tallymark.usage.MeteringProgress;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Instant;
import org.apache.flink.api.connector.sink2.Sink;

/** The sink of the sign of life: one row for each topic. */
public final class ProgressTable {
    static final String UPSERT = """
            INSERT INTO metering_progress AS present (topic, watermark, moved_at, written_at, writer_epoch, configuration)
            VALUES (?, ?, now(), now(), current_setting('tallymark.writer_epoch')::bigint, ?::jsonb)
            ON CONFLICT (topic) DO UPDATE SET
                watermark = coalesce(EXCLUDED.watermark, present.watermark),
                moved_at = CASE WHEN ? THEN now() ELSE present.moved_at END,
                written_at = now(),
                configuration = EXCLUDED.configuration,
                writer_epoch = fenced_epoch(present.writer_epoch, EXCLUDED.writer_epoch)
            """;

    private ProgressTable() {}

    /**
     * Makes the sink.
     *
     * @param configuration of the job, in JSON
     */
    public static Sink<MeteringProgress> sink(DatabaseAccess database, String configuration) {
        return new IdleCommitterSink<>(new TableSink<>(
                "metering_progress",
                database,
                new RowUpsert<>(UPSERT, (statement, progress) -> bind(statement, progress, configuration)),
                Batch::asTheyCame));
    }

    static void bind(PreparedStatement statement, MeteringProgress progress, String configuration) throws SQLException {
        statement.setString(1, progress.topic());
        if (progress.watermarkMillis() == Long.MIN_VALUE || progress.watermarkMillis() == Long.MAX_VALUE) {
            statement.setNull(2, Types.TIMESTAMP_WITH_TIMEZONE);
        } else {
            statement.setTimestamp(2, Timestamp.from(Instant.ofEpochMilli(progress.watermarkMillis())));
        }
        statement.setString(3, configuration);
        statement.setBoolean(4, progress.moved());
    }
}
