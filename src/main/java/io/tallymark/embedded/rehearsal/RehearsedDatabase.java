package io.tallymark.embedded.rehearsal;

import io.tallymark.usage.DatabaseAccess;
import java.sql.Connection;
import java.sql.PreparedStatement;
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
    public Runnable prepare(Duration ahead) {
        try {
            Connection connection = database.connect();
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement();
                    PreparedStatement move = connection.prepareStatement(MOVE)) {
                statement.execute(TABLE);
                move.setLong(1, ahead.toMillis());
                move.executeUpdate();
                statement.execute(FUNCTION);
            }
            return () -> commit(connection);
        } catch (SQLException e) {
            throw new IllegalStateException("cannot move the clock of the database", e);
        }
    }

    private static void commit(Connection prepared) {
        try (prepared) {
            prepared.commit();
        } catch (SQLException e) {
            throw new IllegalStateException("cannot move the clock of the database", e);
        }
    }
}
