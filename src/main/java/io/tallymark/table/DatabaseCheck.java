package io.tallymark.table;

import io.tallymark.usage.DatabaseAccess;
import io.tallymark.usage.UserError;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Looks at the database before a job starts: reachable, new enough, migrated, and with the rights that the job needs. */
public final class DatabaseCheck {
    private static final int OLDEST_SERVER_VERSION = 180_000;
    private static final int PER_MAJOR_VERSION = 10_000;
    private static final List<String> WRITTEN_TABLES = List.of(
            "usage_hourly",
            "ledger_entry",
            "report_due",
            "report_lane",
            "stripe_report",
            "reported_meter",
            "billing_customer");

    private final DatabaseAccess database;

    public DatabaseCheck(DatabaseAccess database) {
        this.database = database;
    }

    /** Everything that is wrong, each with its remedy; empty when all is well. */
    public List<UserError> problems() {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            return problems(statement);
        } catch (SQLException e) {
            return List.of(new UserError(
                    "postgres.url: cannot use " + database.url() + " as " + database.user() + ": "
                            + String.valueOf(e.getMessage()).lines().findFirst().orElse(e.getSQLState()),
                    "check that the server runs, postgres.url, postgres.user and the password",
                    e));
        } catch (UserError e) {
            return List.of(e);
        }
    }

    private List<UserError> problems(Statement statement) throws SQLException {
        int version = Integer.parseInt(single(statement, "SHOW server_version_num"));
        if (version < OLDEST_SERVER_VERSION) {
            return List.of(new UserError(
                    "postgres.url: the server is PostgreSQL " + version / PER_MAJOR_VERSION + "; Tallymark needs "
                            + OLDEST_SERVER_VERSION / PER_MAJOR_VERSION + " or newer",
                    "upgrade the server or name another one"));
        }
        return missing(statement);
    }

    private List<UserError> missing(Statement statement) throws SQLException {
        List<UserError> problems = new ArrayList<>();
        for (String table : WRITTEN_TABLES) {
            if (single(statement, "SELECT to_regclass('" + table + "') IS NOT NULL")
                    .equals("f")) {
                return List.of(new UserError(
                        "postgres.url: " + database.url() + " has no table " + table, "./tallymark migrate"));
            }
            if (single(statement, "SELECT has_table_privilege('" + table + "', 'SELECT, INSERT, UPDATE')")
                    .equals("f")) {
                problems.add(new UserError(
                        "postgres.user: " + database.user() + " may not write " + table,
                        "GRANT SELECT, INSERT, UPDATE ON " + table + " TO " + database.user()));
            }
        }
        return problems;
    }

    private static String single(Statement statement, String query) throws SQLException {
        try (ResultSet row = statement.executeQuery(query)) {
            row.next();
            return String.valueOf(row.getString(1));
        }
    }
}
