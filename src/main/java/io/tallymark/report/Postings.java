package io.tallymark.report;

import java.sql.Connection;
import java.sql.SQLException;

/** What reporting writes into {@code ledger_entry}. The table's side, metered to unreported, is posted by the database itself. */
final class Postings {
    private static final String POST = """
            INSERT INTO ledger_entry (metric, customer_id, period_start, from_account, to_account, amount, cause,
                report_identifier)
            VALUES (?, ?, ?, 'unreported', ?, ?, ?, ?)
            """;

    private Postings() {}

    static void accepted(Connection connection, ReportIntent intent) throws SQLException {
        post(connection, intent, "reported", "report accepted");
    }

    static void expired(Connection connection, ReportIntent intent) throws SQLException {
        post(connection, intent, "unreportable", "too old to report");
    }

    private static void post(Connection connection, ReportIntent intent, String account, String cause)
            throws SQLException {
        if (Quantity.isZero(intent.amount())) {
            return;
        }
        DueHour hour = intent.hour();
        Sql.update(
                connection,
                POST,
                hour.metric(),
                hour.customerId(),
                hour.start(),
                account,
                intent.amount(),
                cause,
                intent.identifier());
    }
}
