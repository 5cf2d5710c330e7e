package io.tallymark.audit;

import io.tallymark.topology.ReplayScope;
import io.tallymark.usage.BillingHour;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The table against a replay's totals, row by row, in the database. Only rows of hours that are over and that nobody wrote since the
 * replay began are judged: a running hour is not finished, and a row that moved may hold events that the replay has not read. An hour
 * that is over and still open is a difference in itself, for nobody reports an open total.
 *
 * @param scope the hours for which the topic is long enough, and the filters
 * @param metrics names of the meters that are replayed
 * @param movedAfter rows written later are not judged
 * @param watermark hours that end later are not finished
 */
record ReplayComparison(long replayId, ReplayScope scope, Set<String> metrics, Instant movedAfter, Instant watermark) {
    private static final int FETCH_ROWS = 1_000;

    private static final String IN_SCOPE =
            " period_start >= ? AND period_start < ? AND metric = ANY(?) AND customer_id = coalesce(?, customer_id) ";

    private static final String DIFFERENCES = """
            SELECT metric, customer_id, dimensions::text, period_start,
                present.quantity, present.event_count, encode(present.digest, 'hex'), present.withdrawn_count,
                replayed.quantity, replayed.event_count, encode(replayed.digest, 'hex'), replayed.withdrawn_count,
                present.updated_at > ? AS moved, coalesce(NOT present.closed, false) AS open
            FROM (SELECT * FROM usage_hourly WHERE %s) AS present
            FULL JOIN (SELECT * FROM usage_replay WHERE replay_id = ? AND period_start >= ?) AS replayed
                USING (metric, customer_id, dimensions, period_start)
            WHERE (present.closed OR period_start + interval '1 hour' <= ?)
                AND (NOT present.closed
                    OR (present.quantity, present.event_count, present.digest, present.withdrawn_count)
                        IS DISTINCT FROM (replayed.quantity, replayed.event_count, replayed.digest, replayed.withdrawn_count))
                AND (present.quantity + replayed.quantity IS NOT NULL
                    OR coalesce(present.quantity, replayed.quantity) <> 0
                    OR coalesce(present.event_count, replayed.event_count) <> 0)
            ORDER BY period_start, metric, customer_id, dimensions
            """.formatted(IN_SCOPE);

    private static final String SUMMARY = """
            SELECT count(*) FILTER (WHERE over), coalesce(sum(event_count) FILTER (WHERE over), 0),
                count(*) FILTER (WHERE NOT over),
                (SELECT count(*) FROM usage_hourly WHERE period_start >= ? AND period_start < ?
                    AND metric <> ALL(?) AND customer_id = coalesce(?, customer_id))
            FROM (SELECT *, closed OR period_start + interval '1 hour' <= ? AS over FROM usage_hourly) AS present
            WHERE %s
            """.formatted(IN_SCOPE);

    /** Takes the differences one by one, as the database finds them. */
    interface Findings {
        /** A total of an hour that is over which is not what the topic gives, or still open. */
        void differs(ReplayDifference difference) throws SQLException;

        /** A total that differs, but was written while the replay ran. */
        void moved(ReplayDifference difference);
    }

    /**
     * What the table holds in the scope.
     *
     * @param rows rows of hours that are over
     * @param events counted into them
     * @param openRows rows of running hours
     * @param otherRows rows of metrics that no meter is named after
     */
    record Summary(long rows, long events, long openRows, long otherRows) {}

    /** Compares, without holding more than some rows in memory. */
    void differences(Connection connection, Findings findings) throws SQLException {
        // Without a transaction the driver would fetch all rows at once.
        connection.setAutoCommit(false);
        try (PreparedStatement statement = connection.prepareStatement(DIFFERENCES)) {
            statement.setFetchSize(FETCH_ROWS);
            statement.setTimestamp(1, Timestamp.from(movedAfter));
            bindScope(statement, 2, metrics);
            statement.setLong(6, replayId);
            statement.setTimestamp(7, start(scope.first()));
            statement.setTimestamp(8, Timestamp.from(watermark));
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    ReplayDifference difference = difference(row);
                    if (row.getBoolean("moved")) {
                        findings.moved(difference);
                    } else {
                        findings.differs(difference);
                    }
                }
            }
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    /**
     * Counts rows.
     *
     * @param configured names of all meters
     */
    Summary summary(Connection connection, Set<String> configured) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(SUMMARY)) {
            bindScope(statement, 1, configured);
            statement.setTimestamp(5, Timestamp.from(watermark));
            bindScope(statement, 6, metrics);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return new Summary(row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4));
            }
        }
    }

    private void bindScope(PreparedStatement statement, int first, Set<String> names) throws SQLException {
        statement.setTimestamp(first, start(scope.first()));
        statement.setTimestamp(first + 1, start(scope.end()));
        statement.setArray(first + 2, statement.getConnection().createArrayOf("text", names.toArray()));
        statement.setString(first + 3, scope.customerId());
    }

    private static Timestamp start(BillingHour hour) {
        return Timestamp.from(hour.start());
    }

    private static ReplayDifference difference(ResultSet row) throws SQLException {
        return new ReplayDifference(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                row.getObject(4, OffsetDateTime.class).toInstant(),
                total(row, 5),
                total(row, 9),
                row.getBoolean("open"));
    }

    private static ReplayDifference.@Nullable Total total(ResultSet row, int first) throws SQLException {
        if (row.getBigDecimal(first) == null) {
            return null;
        }
        return new ReplayDifference.Total(
                row.getBigDecimal(first), row.getLong(first + 1), row.getString(first + 2), row.getLong(first + 3));
    }
}
