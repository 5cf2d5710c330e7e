package io.tallymark.deploy;

import io.tallymark.usage.DatabaseAccess;
import io.tallymark.usage.SecretRef;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;

/** The roles of {@code deploy/roles.sql}, each with a user who has it and nothing else. */
public enum Roles {
    WRITER,
    REPORTER,
    READER;

    private static final Path FILE = Path.of("deploy", "roles.sql");

    /** Applies the file to a migrated database, as its superuser. */
    public static void apply(DatabaseAccess superuser) throws SQLException {
        try (Connection connection = superuser.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(Files.readString(FILE));
            for (Roles role : values()) {
                role.createUser(statement);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same database, as the user with this role. */
    public DatabaseAccess of(DatabaseAccess database) {
        return new DatabaseAccess(database.url(), user(), SecretRef.none("postgres.password"));
    }

    private void createUser(Statement statement) throws SQLException {
        try (ResultSet known = statement.executeQuery("SELECT FROM pg_roles WHERE rolname = '" + user() + "'")) {
            if (known.next()) {
                return;
            }
        }
        statement.execute("CREATE ROLE " + user() + " LOGIN IN ROLE tallymark_" + name().toLowerCase(Locale.ROOT));
    }

    private String user() {
        return "a_" + name().toLowerCase(Locale.ROOT);
    }
}
