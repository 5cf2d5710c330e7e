package io.tallymark.table;

import io.tallymark.usage.DatabaseAccess;
import io.tallymark.usage.UserError;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

/**
 * The number of the newest migration that a database has. A release runs on the schema that it brings and on newer ones; on an older one
 * it would fail at its first statement, and try again for ever.
 */
public final class SchemaVersion {
    /** Of this release: the newest file in {@code db/migration}, which the job jar does not carry. A test compares the two. */
    public static final int NEEDED = 19;

    static final String REMEDY = "./tallymark migrate --config FILE";
    /** The migration that brought the question. */
    private static final int FIRST_THAT_TELLS = 19;

    private SchemaVersion() {}

    /** What the database has, when that is older than what this release needs. */
    public static Optional<String> older(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            if (number(statement, "SELECT count(to_regprocedure('schema_version()'))") == 0) {
                return Optional.of("below " + FIRST_THAT_TELLS);
            }
            int present = number(statement, "SELECT schema_version()");
            return present < NEEDED ? Optional.of(String.valueOf(present)) : Optional.empty();
        }
    }

    /** The same with its remedy; empty when the schema is new enough. */
    public static Optional<UserError> problem(Connection connection, DatabaseAccess database) throws SQLException {
        return older(connection)
                .map(version -> new UserError(
                        "postgres.url: " + database.url() + " has the tables of an older version: schema " + version
                                + ", and this release needs " + NEEDED,
                        REMEDY));
    }

    private static int number(Statement statement, String query) throws SQLException {
        try (ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getInt(1);
        }
    }
}
