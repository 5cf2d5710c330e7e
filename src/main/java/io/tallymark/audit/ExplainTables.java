package io.tallymark.audit;

import io.tallymark.usage.BillingHour;
import io.tallymark.usage.DatabaseAccess;
import io.tallymark.usage.UserError;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads what the database says of an hour, all of it from one snapshot. */
final class ExplainTables {
    private static final String OF_THE_HOUR = " WHERE metric = ? AND customer_id = ? AND period_start = ?";
    private static final String UTC = "to_char(%s AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"') AS %s";

    private static final String ROWS = "SELECT dimensions::text, quantity, event_count, withdrawn_count,"
            + " encode(digest, 'hex'), revision, closed, writer_epoch, " + utc("updated_at") + " FROM usage_hourly"
            + OF_THE_HOUR + " ORDER BY dimensions::text";
    private static final String POSTINGS = "SELECT entry_id, " + utc("posted_at")
            + ", from_account, to_account, amount, cause, report_identifier FROM ledger_entry" + OF_THE_HOUR
            + " ORDER BY ledger_entry.entry_id";
    private static final String REPORTS =
            "SELECT identifier, state, mode, stripe_customer_id, value, amount, attempts, "
                    + utc("created_at") + ", " + utc("first_sent_at") + ", " + utc("resolved_at") + ", "
                    + utc("confirmed_at")
                    + ", request_id, error, stripe_error FROM stripe_report" + OF_THE_HOUR + " ORDER BY sequence";
    private static final String DUE = "SELECT due_id, " + utc("due_since") + ", queued, waiting_for FROM report_due"
            + OF_THE_HOUR + " ORDER BY report_due.due_id";

    private final DatabaseAccess database;

    /** Rows of a table that are only shown: column names to values as text; absent values are left out. */
    record Shown(List<Map<String, String>> rows) {}

    /**
     * What the database says.
     *
     * @param passed whether the job's watermark has passed the hour
     */
    record Answer(List<UsageRow> rows, Shown postings, Shown reports, Shown due, boolean passed) {}

    ExplainTables(DatabaseAccess database) {
        this.database = database;
    }

    /**
     * Asks.
     *
     * @throws UserError when the database does not answer or was not migrated
     */
    Answer ask(ExplainQuestion question, String topic) {
        try (Connection connection = database.connect()) {
            connection.setReadOnly(true);
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            connection.setAutoCommit(false);
            return new Answer(
                    rows(connection, question),
                    shown(connection, POSTINGS, question),
                    shown(connection, REPORTS, question),
                    shown(connection, DUE, question),
                    passed(connection, question.hour(), topic));
        } catch (SQLException e) {
            throw new UserError(
                    "postgres.url: the database at " + database.url() + " does not answer as it should: "
                            + String.valueOf(e.getMessage()).lines().findFirst().orElse(""),
                    "run ./tallymark doctor",
                    e);
        }
    }

    private static List<UsageRow> rows(Connection connection, ExplainQuestion question) throws SQLException {
        try (PreparedStatement statement = prepared(connection, ROWS, question);
                ResultSet row = statement.executeQuery()) {
            List<UsageRow> rows = new ArrayList<>();
            while (row.next()) {
                rows.add(new UsageRow(
                        row.getString(1),
                        row.getBigDecimal(2),
                        row.getLong(3),
                        row.getLong(4),
                        row.getString(5),
                        row.getInt(6),
                        row.getBoolean(7),
                        row.getString(9),
                        row.getLong(8)));
            }
            return rows;
        }
    }

    private static Shown shown(Connection connection, String query, ExplainQuestion question) throws SQLException {
        try (PreparedStatement statement = prepared(connection, query, question);
                ResultSet row = statement.executeQuery()) {
            List<Map<String, String>> rows = new ArrayList<>();
            while (row.next()) {
                Map<String, String> values = new LinkedHashMap<>();
                for (int column = 1; column <= row.getMetaData().getColumnCount(); column++) {
                    String value = row.getString(column);
                    if (value != null) {
                        values.put(row.getMetaData().getColumnLabel(column), value);
                    }
                }
                rows.add(values);
            }
            return new Shown(rows);
        }
    }

    private static boolean passed(Connection connection, BillingHour hour, String topic) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT 1 FROM metering_progress WHERE topic = ? AND watermark >= ?")) {
            statement.setString(1, topic);
            statement.setTimestamp(2, new Timestamp(hour.endMillis()));
            try (ResultSet row = statement.executeQuery()) {
                return row.next();
            }
        }
    }

    private static PreparedStatement prepared(Connection connection, String query, ExplainQuestion question)
            throws SQLException {
        PreparedStatement statement = connection.prepareStatement(query);
        statement.setString(1, question.meter().metric());
        statement.setString(2, question.customerId());
        statement.setTimestamp(3, Timestamp.from(question.hour().start()));
        return statement;
    }

    private static String utc(String column) {
        return UTC.formatted(column, column);
    }
}
