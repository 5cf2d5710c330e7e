package io.tallymark.table;

import io.tallymark.usage.BillingHour;
import io.tallymark.usage.DatabaseAccess;
import io.tallymark.usage.UserError;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * What the balance sheet knows of earlier jobs: whether usage was counted from records that a topic no longer holds. Asked before a
 * job or a replay starts.
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

    private static final String WRITTEN_BEFORE = """
            SELECT max(period_start) FROM usage_hourly
            WHERE period_start >= ? AND period_start < ? AND updated_at < ? HAVING count(*) > 0
            """;
    private static final String OLDER = """
            SELECT EXISTS (
                SELECT FROM intake_hourly
                WHERE topic = ? AND partition = ? AND append_hour < date_trunc('hour', ?::timestamptz, 'UTC'))
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
        return ask(
                        QUERY,
                        statement -> {
                            statement.setString(1, topic);
                            statement.setInt(2, partition);
                            statement.setLong(3, endOffset);
                            statement.setBoolean(4, appendTimeOrdered);
                            statement.setTimestamp(5, new Timestamp(firstAppendMillis));
                        },
                        row -> row.getBoolean(1))
                .get(0);
    }

    /**
     * Whether records of the topic were counted that were stored in an hour before the partition's first record: they are gone.
     *
     * @param firstAppendMillis append time of the partition's first record, ms since the epoch
     * @throws UserError when the database does not answer
     */
    public boolean hasOlder(int partition, long firstAppendMillis) {
        return appendTimeOrdered
                && ask(
                                OLDER,
                                statement -> {
                                    statement.setString(1, topic);
                                    statement.setInt(2, partition);
                                    statement.setTimestamp(3, new Timestamp(firstAppendMillis));
                                },
                                row -> row.getBoolean(1))
                        .get(0);
    }

    /**
     * The end of the last hour in which a record of another topic was stored that was counted, ms since the epoch; empty when there was no
     * other topic.
     *
     * @throws UserError when the database does not answer
     */
    public OptionalLong othersUntilMillis() {
        List<Timestamp> found = ask(
                "SELECT max(append_hour) + interval '1 hour' FROM intake_hourly WHERE topic <> ? HAVING count(*) > 0",
                statement -> statement.setString(1, topic),
                row -> row.getTimestamp(1));
        return found.stream().mapToLong(Timestamp::getTime).findFirst();
    }

    /**
     * The last of these hours, start in ms since the epoch, with a row that was last written before the topic's first record was stored:
     * then it was counted from records that this topic never held. Empty when there is none, or when producers choose the times.
     *
     * @param firstAppendMillis append time of the topic's first record, ms since the epoch
     * @throws UserError when the database does not answer
     */
    public OptionalLong lastHourWrittenBefore(long firstAppendMillis, BillingHour from, BillingHour to) {
        if (!appendTimeOrdered) {
            return OptionalLong.empty();
        }
        List<Timestamp> found = ask(
                WRITTEN_BEFORE,
                statement -> {
                    statement.setTimestamp(1, new Timestamp(from.startMillis()));
                    statement.setTimestamp(2, new Timestamp(to.startMillis()));
                    statement.setTimestamp(3, new Timestamp(firstAppendMillis));
                },
                row -> row.getTimestamp(1));
        return found.stream().mapToLong(Timestamp::getTime).findFirst();
    }

    /**
     * When a job last counted records of the topic, ms since the epoch, or shortly after: a job that was still reading when it ended has
     * read on since the last checkpoint it could write. Empty when there never was one.
     *
     * @throws UserError when the database does not answer
     */
    public OptionalLong countedUntilMillis() {
        List<Timestamp> found = ask(
                "SELECT least(written_at + interval '10 minutes', now()) FROM metering_progress WHERE topic = ?",
                statement -> statement.setString(1, topic),
                row -> row.getTimestamp(1));
        return found.stream().mapToLong(Timestamp::getTime).findFirst();
    }

    private <T> List<T> ask(String query, Binding binding, Reading<T> reading) {
        try (Connection connection = database.connect();
                PreparedStatement statement = connection.prepareStatement(query)) {
            binding.bind(statement);
            try (ResultSet row = statement.executeQuery()) {
                List<T> answers = new ArrayList<>();
                while (row.next()) {
                    answers.add(reading.of(row));
                }
                return answers;
            }
        } catch (SQLException e) {
            throw new UserError("postgres: cannot read the balance sheet: " + e.getMessage(), "tallymark doctor", e);
        }
    }

    private interface Binding {
        void bind(PreparedStatement statement) throws SQLException;
    }

    private interface Reading<T> {
        T of(ResultSet row) throws SQLException;
    }
}
