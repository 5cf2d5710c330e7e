package io.tallymark.audit;

import io.tallymark.table.SchemaVersion;
import io.tallymark.usage.DatabaseAccess;
import io.tallymark.usage.UserError;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/** What a replay asks the database besides the comparison: its number, its rights, how far metering is; and its cleaning up. */
final class ReplayDatabase {
    /** A comparison of months may take its time; a server that vanished must still be noticed. */
    private static final Duration LONGEST_STATEMENT = Duration.ofMinutes(30);

    private final DatabaseAccess database;

    ReplayDatabase(DatabaseAccess database) {
        this.database = database;
    }

    /**
     * How far metering is, as of its last checkpoint; all times are the database's.
     *
     * @param now when this was read
     * @param next one more than the last offset that was read, by partition; empty: metering never ran
     * @param writtenAt last checkpoint; null: none
     * @param movedAt when records were last read; null: never
     * @param watermark hours before it are closed; null: none
     */
    record Progress(
            Instant now,
            Map<Integer, Long> next,
            @Nullable Instant writtenAt,
            @Nullable Instant movedAt,
            @Nullable Instant watermark) {
        private static final Duration SIGN_OF_LIFE = Duration.ofMinutes(3);

        boolean alive() {
            return writtenAt != null && writtenAt.isAfter(now.minus(SIGN_OF_LIFE));
        }
    }

    Connection connect() throws SQLException {
        PGSimpleDataSource source = database.dataSource();
        source.setSocketTimeout((int) LONGEST_STATEMENT.toSeconds());
        return source.getConnection();
    }

    /**
     * Refuses to begin without the rights to finish. The ledger needs none: the table's trigger writes it with its owner's.
     *
     * @param apply whether corrections are to be written
     * @param reported whether they may be told to Stripe, so that {@link ToldBefore} is asked
     * @throws UserError when the schema is an older one, or naming the first right that is missing
     */
    void requireRights(boolean apply, boolean reported) throws SQLException {
        try (Connection connection = connect()) {
            require(connection, "usage_replay", "SELECT, INSERT, UPDATE, DELETE");
            require(connection, "intake_hourly", "SELECT");
            require(connection, "metering_progress", "SELECT");
            require(connection, "usage_hourly", apply ? "SELECT, INSERT, UPDATE" : "SELECT");
            Optional<UserError> older = SchemaVersion.problem(connection, database);
            if (older.isPresent()) {
                throw older.get();
            }
            if (lacks(connection, "SELECT has_sequence_privilege(?, 'USAGE')", "replay_id_seq")) {
                throw lacking("USAGE", "SEQUENCE replay_id_seq");
            }
            if (reported) {
                requireFunction(connection, "told_before(text, text, text, timestamptz)");
            }
        }
    }

    /**
     * Draws the replay's number and removes what replays left that ended without a chance to clean up. After a week: the rows of one that is
     * still running would be missing in its comparison, and no replay takes that long.
     */
    long begin() throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute("DELETE FROM usage_replay WHERE written_at < now() - interval '7 days'");
            try (ResultSet row = statement.executeQuery("SELECT nextval('replay_id_seq')")) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    void removeRows(long replayId) throws SQLException {
        try (Connection connection = connect();
                PreparedStatement statement =
                        connection.prepareStatement("DELETE FROM usage_replay WHERE replay_id = ?")) {
            statement.setLong(1, replayId);
            statement.execute();
        }
    }

    Progress progress(String topic) throws SQLException {
        try (Connection connection = connect();
                PreparedStatement statement = connection.prepareStatement("""
                        SELECT clock_timestamp(), written_at, moved_at, watermark
                        FROM (SELECT) AS one LEFT JOIN metering_progress ON topic = ?
                        """)) {
            Map<Integer, Long> next = nextOffsets(connection, topic);
            statement.setString(1, topic);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                Instant now = row.getObject(1, OffsetDateTime.class).toInstant();
                return new Progress(now, next, instant(row, 2), instant(row, 3), instant(row, 4));
            }
        }
    }

    private static Map<Integer, Long> nextOffsets(Connection connection, String topic) throws SQLException {
        Map<Integer, Long> next = new TreeMap<>();
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT partition, max(next_offset) FROM intake_hourly WHERE topic = ? GROUP BY partition")) {
            statement.setString(1, topic);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    next.put(row.getInt(1), row.getLong(2));
                }
            }
        }
        return next;
    }

    private static @Nullable Instant instant(ResultSet row, int column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }

    private void require(Connection connection, String table, String rights) throws SQLException {
        if (lacks(connection, "SELECT to_regclass(?) IS NOT NULL", table)) {
            throw new UserError(
                    "postgres.url: " + database.url() + " has no table " + table, "./tallymark migrate --config FILE");
        }
        for (String right : rights.split(", ", -1)) {
            if (lacks(connection, "SELECT has_table_privilege(?, '" + right + "')", table)) {
                throw lacking(right, table);
            }
        }
    }

    private void requireFunction(Connection connection, String function) throws SQLException {
        if (lacks(connection, "SELECT has_function_privilege(?, 'EXECUTE')", function)) {
            throw lacking("EXECUTE", "FUNCTION " + function);
        }
    }

    private UserError lacking(String right, String what) {
        return new UserError(
                "postgres.user: " + database.user() + " lacks " + right + " on " + what,
                "GRANT " + right + " ON " + what + " TO " + database.user());
    }

    private static boolean lacks(Connection connection, String question, String name) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(question)) {
            statement.setString(1, name);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return !row.getBoolean(1);
            }
        }
    }
}
