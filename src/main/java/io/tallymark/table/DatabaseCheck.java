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
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Looks at the database before a job starts: reachable, new enough, migrated, and with the rights that the job needs. */
public final class DatabaseCheck {
    private static final int OLDEST_SERVER_VERSION = 180_000;
    private static final int PER_MAJOR_VERSION = 10_000;

    private final DatabaseAccess database;
    private final Set<DatabaseUse> uses;
    private final boolean onlyReads;
    private final boolean olderSchemaDoes;

    private DatabaseCheck(DatabaseAccess database, Set<DatabaseUse> uses, boolean onlyReads, boolean olderSchemaDoes) {
        this.database = database;
        this.uses = uses;
        this.onlyReads = onlyReads;
        this.olderSchemaDoes = olderSchemaDoes;
    }

    /** For a job, or a command, with these parts. */
    public static DatabaseCheck toRun(DatabaseAccess database, Set<DatabaseUse> uses) {
        return new DatabaseCheck(database, uses, false, false);
    }

    /** For a command whose own rights are not asked for one by one: it can read, and the schema is this release's. */
    public static DatabaseCheck toWork(DatabaseAccess database) {
        return new DatabaseCheck(database, EnumSet.allOf(DatabaseUse.class), true, false);
    }

    /** For somebody who only reads the same tables, also while an older version still runs on them. */
    public static DatabaseCheck toRead(DatabaseAccess database) {
        return toRead(database, EnumSet.allOf(DatabaseUse.class));
    }

    /** As {@link #toRead(DatabaseAccess)}, for somebody who reads the tables of these parts alone. */
    public static DatabaseCheck toRead(DatabaseAccess database, Set<DatabaseUse> uses) {
        return new DatabaseCheck(database, uses, true, true);
    }

    /** Everything that is wrong, each with its remedy; empty when all is well. */
    public List<UserError> problems() {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            return problems(connection, statement);
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

    private List<UserError> problems(Connection connection, Statement statement) throws SQLException {
        int version = Integer.parseInt(single(statement, "SHOW server_version_num"));
        if (version < OLDEST_SERVER_VERSION) {
            return List.of(new UserError(
                    "postgres.url: the server is PostgreSQL " + version / PER_MAJOR_VERSION + "; Tallymark needs "
                            + OLDEST_SERVER_VERSION / PER_MAJOR_VERSION + " or newer",
                    "upgrade the server or name another one"));
        }
        Rights needed = new Rights();
        uses.forEach(use -> use.addRights(needed));
        for (String table : needed.byTable().keySet()) {
            if (isFalse(statement, "SELECT to_regclass('" + table + "') IS NOT NULL")) {
                return List.of(new UserError(
                        "postgres.url: " + database.url() + " has no table " + table, SchemaVersion.REMEDY));
            }
        }
        Optional<UserError> older = olderSchemaDoes ? Optional.empty() : SchemaVersion.problem(connection, database);
        if (older.isPresent()) {
            return List.of(older.get());
        }
        return lackingRights(statement, needed);
    }

    private List<UserError> lackingRights(Statement statement, Rights needed) throws SQLException {
        List<UserError> problems = new ArrayList<>();
        for (Map.Entry<String, EnumSet<Right>> entry : needed.byTable().entrySet()) {
            String table = entry.getKey();
            Set<Right> rights = onlyReads ? EnumSet.of(Right.SELECT) : entry.getValue();
            if (lacksRight(statement, table, rights)) {
                problems.add(lacking(text(rights), table, table));
            }
        }
        if (!onlyReads) {
            problems.addAll(lackingForAJob(statement, needed));
        }
        return problems;
    }

    private List<UserError> lackingForAJob(Statement statement, Rights needed) throws SQLException {
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
