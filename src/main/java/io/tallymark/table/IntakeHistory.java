package io.tallymark.table;

import io.tallymark.usage.DatabaseAccess;
import io.tallymark.usage.UserError;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;

/**
 * What the balance sheet knows of earlier jobs: whether usage was counted from records that a topic no longer holds. Only asked before a
 * job starts.
 *
 * @param database where the balance sheet is
 * @param topic the topic of the job to start
 * @param appendTimeOrdered whether append times of a partition only go forward; not so when producers choose them
 */
public record IntakeHistory(DatabaseAccess database, String topic, boolean appendTimeOrdered) {
    private static final String QUERY = """
            SELECT EXISTS (
                SELECT FROM intake_hourly
                WHERE topic <> ?
                   OR partition = ? AND (next_offset > ? OR ? AND append_hour < date_trunc('hour', ?, 'UTC')))
            """;

    /**
     * Whether records were counted that the partition does not hold although it begins at offset 0: of another topic, or of an earlier
     * topic of the same name.
     *
     * @param firstAppendMillis append time of the partition's first record, ms since the epoch
     * @param endOffset offset that the partition's next record will get
     * @throws UserError when the database does not answer
     */
    public boolean hasMoreThan(int partition, long firstAppendMillis, long endOffset) {
        return holds(QUERY, statement -> {
            statement.setString(1, topic);
            statement.setInt(2, partition);
            statement.setLong(3, endOffset);
            statement.setBoolean(4, appendTimeOrdered);
            statement.setTimestamp(5, new Timestamp(firstAppendMillis));
        });
    }

    /**
     * Whether any job has counted records of the topic.
     *
     * @throws UserError when the database does not answer
     */
    public boolean isOfFormerJob() {
        return holds("SELECT EXISTS (SELECT FROM intake_hourly WHERE topic = ?)", statement -> {
            statement.setString(1, topic);
        });
    }

    private boolean holds(String query, Binding binding) {
        try (Connection connection = database.connect();
                PreparedStatement statement = connection.prepareStatement(query)) {
            binding.bind(statement);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        } catch (SQLException e) {
            throw new UserError("postgres: cannot read intake_hourly: " + e.getMessage(), "tallymark doctor", e);
        }
    }

    private interface Binding {
        void bind(PreparedStatement statement) throws SQLException;
    }
}
