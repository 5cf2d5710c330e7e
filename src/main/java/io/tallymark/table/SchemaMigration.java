package io.tallymark.table;

import io.tallymark.usage.DatabaseAccess;
import io.tallymark.usage.UserError;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/**
 * Brings a database to the schema of this version (Flyway, {@code db/migration}) and makes room for the months around today. Running
 * it again changes nothing. Used by the launcher only: Flyway is not in the job jar.
 */
public final class SchemaMigration {
    private SchemaMigration() {}

    /**
     * Applies what is missing.
     *
     * @return number of migrations applied, 0 when the schema was current
     * @throws UserError when the database is unreachable, or refuses
     */
    public static int migrate(DatabaseAccess database) {
        try {
            int applied = flyway(database).migrate().migrationsExecuted;
            ensureMonths(database);
            return applied;
        } catch (FlywayException | SQLException e) {
            throw new UserError(
                    "cannot migrate " + database.url() + ": " + firstLine(e),
                    "check postgres.url, user and password, and that the user may create tables",
                    e);
        }
    }

    /** Versions that a database still lacks, oldest first; empty when it is current. */
    public static List<String> pending(DatabaseAccess database) {
        return Arrays.stream(flyway(database).info().pending())
                .map(migration -> String.valueOf(migration.getVersion()))
                .toList();
    }

    private static Flyway flyway(DatabaseAccess database) {
        return Flyway.configure(SchemaMigration.class.getClassLoader())
                .dataSource(
                        database.url(),
                        database.user(),
                        database.password().resolve().reveal())
                .locations("classpath:db/migration")
                .load();
    }

    private static void ensureMonths(DatabaseAccess database) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT ensure_usage_months(now() - interval '2 months', now() + interval '12 months')");
        }
    }

    private static String firstLine(Exception e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage())
                .lines()
                .findFirst()
                .orElse(root.getClass().getSimpleName());
    }
}
