package io.tallymark.table;

import io.tallymark.table.DatabaseUse.Right;
import io.tallymark.table.DatabaseUse.Rights;
import io.tallymark.usage.DatabaseAccess;
import io.tallymark.usage.UserError;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Looks at the database before a job starts: reachable, new enough, migrated, and with the rights that the job needs. */
public final class DatabaseCheck {
    private static final int OLDEST_SERVER_VERSION = 180_000;
    private static final int PER_MAJOR_VERSION = 10_000;
    /** Of the newest migration that a job cannot do without. */
    private static final String HAS_NEWEST_MIGRATION =
            "SELECT prosecdef FROM pg_proc WHERE oid = 'post_usage_change()'::regprocedure";

    private final DatabaseAccess database;
    private final Set<DatabaseUse> uses;
    private final boolean onlyReads;

    private DatabaseCheck(DatabaseAccess database, Set<DatabaseUse> uses, boolean onlyReads) {
        this.database = database;
        this.uses = uses;
        this.onlyReads = onlyReads;
    }

    /** For a job, or a command, with these parts. */
    public static DatabaseCheck toRun(DatabaseAccess database, Set<DatabaseUse> uses) {
        return new DatabaseCheck(database, uses, false);
    }

    /** For somebody who only reads the same tables. */
    public static DatabaseCheck toRead(DatabaseAccess database) {
        return new DatabaseCheck(database, EnumSet.allOf(DatabaseUse.class), true);
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
        Rights needed = new Rights();
        uses.forEach(use -> use.addRights(needed));
        List<UserError> problems = new ArrayList<>();
        for (Map.Entry<String, EnumSet<Right>> entry : needed.byTable().entrySet()) {
            String table = entry.getKey();
            if (isFalse(statement, "SELECT to_regclass('" + table + "') IS NOT NULL")) {
                return List.of(new UserError(
                        "postgres.url: " + database.url() + " has no table " + table, "./tallymark migrate"));
            }
            Set<Right> rights = onlyReads ? EnumSet.of(Right.SELECT) : entry.getValue();
            if (lacksRight(statement, table, rights)) {
                problems.add(lacking(text(rights), table, table));
            }
        }
        if (!onlyReads) {
            problems.addAll(missingForAJob(statement, needed));
        }
        return problems;
    }

    /** Who only reads may read older tables, and calls nothing. */
    private List<UserError> missingForAJob(Statement statement, Rights needed) throws SQLException {
        if (isFalse(statement, HAS_NEWEST_MIGRATION)) {
            return List.of(new UserError(
                    "postgres.url: " + database.url() + " has the tables of an older version", "./tallymark migrate"));
        }
        List<UserError> problems = new ArrayList<>();
        for (String sequence : needed.sequences()) {
            if (isFalse(statement, "SELECT has_sequence_privilege('" + sequence + "', 'USAGE')")) {
                problems.add(lacking("USAGE", sequence, "SEQUENCE " + sequence));
            }
        }
        for (String function : needed.functions()) {
            if (isFalse(statement, "SELECT has_function_privilege('" + function + "', 'EXECUTE')")) {
                problems.add(lacking("EXECUTE", function, "FUNCTION " + function));
            }
        }
        return problems;
    }

    private UserError lacking(String rights, String name, String grantedOn) {
        return new UserError(
                "postgres.user: " + database.user() + " lacks " + rights + " on " + name,
                "grant the roles of deploy/roles.sql, or: GRANT " + rights + " ON " + grantedOn + " TO "
                        + database.user());
    }

    /** One by one: of a list, Postgres asks for any. */
    private static boolean lacksRight(Statement statement, String table, Set<Right> rights) throws SQLException {
        for (Right right : rights) {
            if (isFalse(statement, "SELECT has_table_privilege('" + table + "', '" + right + "')")) {
                return true;
            }
        }
        return false;
    }

    private static String text(Set<Right> rights) {
        return rights.stream().map(Right::name).collect(Collectors.joining(", "));
    }

    private static boolean isFalse(Statement statement, String question) throws SQLException {
        return single(statement, question).equals("f");
    }

    private static String single(Statement statement, String query) throws SQLException {
        try (ResultSet row = statement.executeQuery(query)) {
            row.next();
            return String.valueOf(row.getString(1));
        }
    }
}
