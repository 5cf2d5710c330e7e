package io.tallymark.audit.status;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the balance sheet. Sums and comparisons are the database's work, so that years of rows cost no memory here. */
final class IntakeReader {
    /** Rows of one kind of trouble that are named; more would bury the first. */
    static final int MOST_NAMED = 20;

    /**
     * Each row with how far the rows before it reach, in its hour and in its partition. A row that lies within another one of its hour
     * is a second look at the same records, by a job without state that began in the middle of the hour.
     */
    private static final String MARKED = """
            WITH marked AS (
                SELECT *,
                    counted + withdrawn + duplicate + conflict + void_waiting + ignored + uncovered + dead_lettered AS settled,
                    coalesce(max(next_offset) OVER hour >= next_offset, false) AS second_look,
                    greatest(0, coalesce(max(next_offset) OVER hour, first_offset) - first_offset) AS overlap,
                    max(next_offset) OVER log AS reach
                FROM intake_hourly
                WINDOW hour AS (PARTITION BY topic, partition, append_hour ORDER BY first_offset
                                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
                       log AS (PARTITION BY topic, partition ORDER BY first_offset
                               ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING))
            """;

    private final Connection connection;

    IntakeReader(Connection connection) {
        this.connection = connection;
    }

    List<PartitionSheet> partitions() throws SQLException {
        return Rows.query(
                connection,
                row -> new PartitionSheet(
                        row.getString("topic"),
                        row.getInt("partition"),
                        row.getLong("first_offset"),
                        row.getLong("next_offset"),
                        row.getLong("consumed"),
                        row.getLong("read_twice"),
                        Outcomes.of(row)),
                MARKED + """
                SELECT topic, partition, min(first_offset) AS first_offset, max(next_offset) AS next_offset,
                    sum(greatest(0, next_offset - greatest(first_offset, coalesce(reach, first_offset))))
                        + sum(overlap) AS consumed,
                    sum(overlap) AS read_twice,
                    sum(read) AS read, sum(counted) AS counted, sum(withdrawn) AS withdrawn, sum(duplicate) AS duplicate,
                    sum(conflict) AS conflict, sum(void_waiting) AS void_waiting, sum(ignored) AS ignored,
                    sum(uncovered) AS uncovered, sum(dead_lettered) AS dead_lettered
                FROM marked WHERE NOT second_look
                GROUP BY topic, partition ORDER BY topic, partition
                """);
    }

    /** Rows that contradict themselves, the newest first. */
    List<IntakeRow> contradictions() throws SQLException {
        return Rows.query(connection, IntakeReader::row, MARKED + """
                SELECT * FROM marked
                WHERE read <> settled
                    OR read > next_offset - first_offset
                    OR dead_lettered <> (SELECT coalesce(sum(value::bigint), 0) FROM jsonb_each_text(reasons))
                    OR uncovered <> (SELECT coalesce(sum(value::bigint), 0) FROM jsonb_each_text(uncovered_hours))
                ORDER BY append_hour DESC, topic, partition LIMIT %d
                """.formatted(MOST_NAMED));
    }

    /** Offsets between two rows of a partition that no row describes, the newest first. */
    List<OffsetRange> holes() throws SQLException {
        return Rows.query(
                connection,
                row -> new OffsetRange(
                        row.getString("topic"),
                        row.getInt("partition"),
                        row.getLong("reach"),
                        row.getLong("first_offset")),
                MARKED + "SELECT * FROM marked WHERE first_offset > reach ORDER BY append_hour DESC LIMIT "
                        + MOST_NAMED);
    }

    /** Rows of a partition with fewer records than offsets, the newest first. */
    List<IntakeRow> sparse(String topic, int partition) throws SQLException {
        return Rows.query(connection, IntakeReader::row, MARKED + """
                SELECT * FROM marked
                WHERE topic = ? AND partition = ? AND read < next_offset - first_offset AND NOT second_look
                ORDER BY append_hour DESC, first_offset DESC LIMIT 1000
                """, topic, partition);
    }

    /** The rows of the newest append hours. */
    List<IntakeRow> newestHours(int hours) throws SQLException {
        return Rows.query(connection, IntakeReader::row, """
                SELECT * FROM intake_hourly
                WHERE append_hour IN (SELECT DISTINCT append_hour FROM intake_hourly ORDER BY append_hour DESC LIMIT ?)
                ORDER BY append_hour, topic, partition, first_offset
                """, hours);
    }

    Map<String, Long> reasons() throws SQLException {
        return Rows.counts(connection, MARKED + """
                SELECT key, sum(value::bigint) FROM marked, jsonb_each_text(reasons) WHERE NOT second_look
                GROUP BY key ORDER BY 2 DESC, 1
                """);
    }

    /** Second looks too: they are often the only rows that name an hour. */
    Map<String, Long> uncoveredHours() throws SQLException {
        return Rows.counts(connection, """
                SELECT key, sum(value::bigint) FROM intake_hourly, jsonb_each_text(uncovered_hours) GROUP BY key ORDER BY key
                """);
    }

    Optional<Progress> progress(String topic) throws SQLException {
        return Rows.query(
                        connection,
                        row -> new Progress(
                                Rows.instantOrNull(row, "watermark"),
                                Rows.instant(row, "moved_at"),
                                Rows.instant(row, "written_at")),
                        "SELECT * FROM metering_progress WHERE topic = ?",
                        topic)
                .stream()
                .findFirst();
    }

    private static IntakeRow row(ResultSet row) throws SQLException {
        return new IntakeRow(
                row.getString("topic"),
                row.getInt("partition"),
                Rows.instant(row, "append_hour"),
                row.getLong("first_offset"),
                row.getLong("next_offset"),
                Outcomes.of(row));
    }
}
