package io.tallymark.table;

import io.tallymark.usage.DatabaseAccess;
import io.tallymark.usage.UserError;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Looks at the database before a job starts: reachable, new enough, migrated, and with the rights that the job needs. */
public final class DatabaseCheck {
    private static final int OLDEST_SERVER_VERSION = 180_000;
    private static final int PER_MAJOR_VERSION = 10_000;
    /** What the job does to each table, its triggers included. */
    private static final Map<String, String> RIGHTS_BY_TABLE = rights();

    private static final List<String> SEQUENCES = List.of("writer_epoch_seq", "report_claim_seq");

    /** Of the newest migration that a job cannot do without. */
    private static final String HAS_NEWEST_COLUMN =
            "SELECT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'metering_progress'::regclass"
                    + " AND attname = 'configuration' AND NOT attisdropped)";

    private final DatabaseAccess database;
    private final Map<String, String> rightsByTable;
    private final List<String> sequences;

    public DatabaseCheck(DatabaseAccess database) {
        this(database, RIGHTS_BY_TABLE, SEQUENCES);
    }

    private DatabaseCheck(DatabaseAccess database, Map<String, String> rightsByTable, List<String> sequences) {
        this.database = database;
        this.rightsByTable = rightsByTable;
        this.sequences = sequences;
    }

    /** For somebody who only reads the same tables. */
    public static DatabaseCheck toRead(DatabaseAccess database) {
        Map<String, String> rights = new LinkedHashMap<>(RIGHTS_BY_TABLE);
        rights.replaceAll((table, writing) -> "SELECT");
        return new DatabaseCheck(database, rights, List.of());
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
        for (Map.Entry<String, String> entry : rightsByTable.entrySet()) {
            String table = entry.getKey();
            String rights = entry.getValue();
            if (single(statement, "SELECT to_regclass('" + table + "') IS NOT NULL")
                    .equals("f")) {
                return List.of(new UserError(
                        "postgres.url: " + database.url() + " has no table " + table, "./tallymark migrate"));
            }
            if (lacksRight(statement, table, rights)) {
                problems.add(new UserError(
                        "postgres.user: " + database.user() + " lacks " + rights + " on " + table,
                        "GRANT " + rights + " ON " + table + " TO " + database.user()));
            }
        }
        // Only a job writes it; who reads the same tables may read older ones.
        if (!sequences.isEmpty() && single(statement, HAS_NEWEST_COLUMN).equals("f")) {
            problems.add(new UserError(
                    "postgres.url: " + database.url() + " has the tables of an older version", "./tallymark migrate"));
        }
        for (String sequence : sequences) {
            if (single(statement, "SELECT has_sequence_privilege('" + sequence + "', 'USAGE')")
                    .equals("f")) {
                problems.add(new UserError(
                        "postgres.user: " + database.user() + " lacks USAGE on " + sequence,
                        "GRANT USAGE ON SEQUENCE " + sequence + " TO " + database.user()));
            }
        }
        return problems;
    }

    /** One by one: of a list, Postgres asks for any. */
    private static boolean lacksRight(Statement statement, String table, String rights) throws SQLException {
        for (String right : rights.split(", ", -1)) {
            if (single(statement, "SELECT has_table_privilege('" + table + "', '" + right + "')")
                    .equals("f")) {
                return true;
            }
        }
        return false;
    }

    private static Map<String, String> rights() {
        Map<String, String> rights = new LinkedHashMap<>();
        rights.put("usage_hourly", "SELECT, INSERT, UPDATE");
        rights.put("intake_hourly", "SELECT, INSERT, UPDATE");
        rights.put("metering_progress", "SELECT, INSERT, UPDATE");
        rights.put("ledger_entry", "SELECT, INSERT");
        rights.put("report_due", "SELECT, INSERT, UPDATE, DELETE");
        rights.put("report_lane", "SELECT, INSERT, UPDATE, DELETE");
        rights.put("stripe_report", "SELECT, INSERT, UPDATE");
        rights.put("reported_meter", "SELECT, INSERT, UPDATE, DELETE");
        rights.put("billing_customer", "SELECT");
        rights.put("reconcile_check", "SELECT, INSERT, UPDATE, DELETE");
        rights.put("reconcile_finding", "SELECT, INSERT, UPDATE");
        rights.put("reconcile_cursor", "SELECT, UPDATE");
        return rights;
    }

    private static String single(Statement statement, String query) throws SQLException {
        try (ResultSet row = statement.executeQuery(query)) {
            row.next();
            return String.valueOf(row.getString(1));
        }
    }
}
