package io.tallymark.report;

import io.tallymark.database.Sql;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Function;

/** What reporting writes into {@code ledger_entry}. The table's side, metered to unreported, is posted by the database itself. */
final class Postings {
    private static final String POST = """
            INSERT INTO ledger_entry (metric, customer_id, period_start, from_account, to_account, amount, cause,
                report_identifier)
            SELECT metric, customer_id, period_start, 'unreported', ?, amount, ?, identifier
            FROM unnest(?::text[], ?::text[], ?::timestamptz[], ?::numeric[], ?::text[])
                AS report (metric, customer_id, period_start, amount, identifier)
            WHERE amount <> 0
            """;

    private Postings() {}

    static void accepted(Connection connection, List<ReportIntent> intents) throws SQLException {
        post(connection, intents, "reported", "report accepted");
    }

    static void expired(Connection connection, ReportIntent intent, String cause) throws SQLException {
        post(connection, List.of(intent), "unreportable", cause);
    }

    private static void post(Connection connection, List<ReportIntent> intents, String account, String cause)
            throws SQLException {
        if (intents.isEmpty()) {
            return;
        }
        Sql.update(
                connection,
                POST,
                account,
                cause,
                texts(intents, intent -> intent.hour().metric()),
                texts(intents, intent -> intent.hour().customerId()),
                texts(intents, intent -> intent.hour().start().toString()),
                intents.stream().map(ReportIntent::amount).toArray(BigDecimal[]::new),
                texts(intents, ReportIntent::identifier));
    }

    private static String[] texts(List<ReportIntent> intents, Function<ReportIntent, String> field) {
        return intents.stream().map(field).toArray(String[]::new);
    }
}
