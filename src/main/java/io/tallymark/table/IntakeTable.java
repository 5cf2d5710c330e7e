package io.tallymark.table;

import io.tallymark.usage.BillingHour;
import io.tallymark.usage.DatabaseAccess;
import io.tallymark.usage.IntakeTally;
import io.tallymark.usage.Outcome;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.connector.sink2.Sink;

/**
 * The sink of the balance sheet: an upsert of whole rows. A row describes a range of offsets. Its first one is part of the key, and only
 * a range that reaches at least as far replaces it: a job restored from an older checkpoint replaces its rows as soon as it has read as
 * far again, and a job without state that begins in the middle of an hour gets a row of its own beside the one of the complete view.
 */
public final class IntakeTable {
    static final String UPSERT = """
            INSERT INTO intake_hourly AS present (topic, partition, append_hour, first_offset, next_offset, read,
                counted, withdrawn, duplicate, conflict, void_waiting, ignored, uncovered, dead_lettered,
                reasons, uncovered_hours, writer_epoch)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?::jsonb, ?::jsonb,
                current_setting('tallymark.writer_epoch')::bigint)
            ON CONFLICT (topic, partition, append_hour, first_offset) DO UPDATE SET
                next_offset = EXCLUDED.next_offset,
                read = EXCLUDED.read,
                counted = EXCLUDED.counted,
                withdrawn = EXCLUDED.withdrawn,
                duplicate = EXCLUDED.duplicate,
                conflict = EXCLUDED.conflict,
                void_waiting = EXCLUDED.void_waiting,
                ignored = EXCLUDED.ignored,
                uncovered = EXCLUDED.uncovered,
                dead_lettered = EXCLUDED.dead_lettered,
                reasons = EXCLUDED.reasons,
                uncovered_hours = EXCLUDED.uncovered_hours,
                updated_at = now(),
                writer_epoch = fenced_epoch(present.writer_epoch, EXCLUDED.writer_epoch)
            WHERE EXCLUDED.next_offset >= present.next_offset
            """;

    private IntakeTable() {}

    public static Sink<IntakeTally> sink(DatabaseAccess database) {
        return new IdleCommitterSink<>(new TableSink<>(
                "intake_hourly", database, new RowUpsert<>(UPSERT, IntakeTable::bind), Batch::asTheyCame));
    }

    static void bind(PreparedStatement statement, IntakeTally row) throws SQLException {
        statement.setString(1, row.key().topic());
        statement.setInt(2, row.key().partition());
        statement.setTimestamp(3, Timestamp.from(new BillingHour(row.key().epochHour()).start()));
        statement.setLong(4, row.firstOffset());
        statement.setLong(5, row.nextOffset());
        statement.setLong(6, row.read());
        statement.setLong(7, count(row, Outcome.COUNTED));
        statement.setLong(8, count(row, Outcome.WITHDRAWN));
        statement.setLong(9, count(row, Outcome.DUPLICATE));
        statement.setLong(10, count(row, Outcome.CONFLICT));
        statement.setLong(11, count(row, Outcome.VOID_WAITING));
        statement.setLong(12, count(row, Outcome.IGNORED));
        statement.setLong(13, count(row, Outcome.UNCOVERED));
        statement.setLong(14, count(row, Outcome.DEAD_LETTERED));
        statement.setString(15, details(row, Outcome.DEAD_LETTERED));
        statement.setString(16, details(row, Outcome.UNCOVERED));
    }

    private static long count(IntakeTally row, Outcome outcome) {
        return row.outcomes().entrySet().stream()
                .filter(entry -> IntakeTally.outcome(entry.getKey()) == outcome)
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /** As a JSON object; reasons and hours need no quoting. */
    private static String details(IntakeTally row, Outcome outcome) {
        TreeMap<String, Long> details = new TreeMap<>();
        row.outcomes().forEach((label, count) -> {
            if (IntakeTally.outcome(label) == outcome) {
                details.put(IntakeTally.detail(label), count);
            }
        });
        StringBuilder json = new StringBuilder("{");
        details.forEach((name, count) -> json.append(json.length() == 1 ? "" : ",")
                .append('"')
                .append(name)
                .append("\":")
                .append(count));
        return json.append('}').toString();
    }
}
