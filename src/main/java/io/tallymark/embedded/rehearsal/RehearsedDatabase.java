package io.tallymark.embedded.rehearsal;

import io.tallymark.database.Sql;
import io.tallymark.usage.DatabaseAccess;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/**
 * Replaces the reporter's one clock, the database function {@code report_now()}, by the rehearsal's: for every command and job on that
 * database, in whatever process.
 */
final class RehearsedDatabase implements RehearsalClock.Follower {
    private static final String TABLE = """
            CREATE TABLE IF NOT EXISTS rehearsal_clock (
                one_row boolean  PRIMARY KEY DEFAULT true CHECK (one_row),
                ahead   interval NOT NULL
            )
            """;

    private static final String FUNCTION = """
            CREATE OR REPLACE FUNCTION report_now() RETURNS timestamptz LANGUAGE sql STABLE
            AS 'SELECT now() + ahead FROM rehearsal_clock'
            """;

    private static final String MOVE = """
            INSERT INTO rehearsal_clock (ahead) VALUES (? * interval '1 millisecond')
            ON CONFLICT (one_row) DO UPDATE SET ahead = excluded.ahead
            """;

    private final DatabaseAccess database;

    RehearsedDatabase(DatabaseAccess database) {
        this.database = database;
    }

    @Override
    public RehearsalClock.Move prepare(Duration ahead) {
        try {
            Connection connection = database.connect();
            try {
                move(connection, ahead);
            } catch (SQLException | RuntimeException e) {
                rollBack(connection, e);
                throw e;
            }
            return new Prepared(connection);
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    private static void move(Connection connection, Duration ahead) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute(TABLE);
            Sql.update(connection, MOVE, ahead.toMillis());
            statement.execute(FUNCTION);
        }
    }

    /** Closing ends the transaction, and lets go of its lock on the clock's row. */
    private static void rollBack(Connection connection, Exception cause) {
        try {
            connection.close();
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }

    private static IllegalStateException failed(SQLException e) {
        return new IllegalStateException("cannot move the clock of the database", e);
    }

    /** @param transaction in which the clock has moved already */
    private record Prepared(Connection transaction) implements RehearsalClock.Move {
        @Override
        public void make() {
            try (transaction) {
                transaction.commit();
            } catch (SQLException e) {
                throw failed(e);
            }
        }

        @Override
        public void drop() {
            try {
                transaction.close();
            } catch (SQLException e) {
                throw failed(e);
            }
        }
    }
}
