package io.tallymark.embedded.demo;

import io.tallymark.usage.BillingHour;
import io.tallymark.usage.DatabaseAccess;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reads what the demo shows and proves, from the database alone. */
final class TableReader {
    private static final int TOP = 5;

    private final DatabaseAccess database;

    TableReader(DatabaseAccess database) {
        this.database = database;
    }

    /** A glance at the table while the day runs. */
    record Glance(long rows, long closedHours, long due, long reported, List<String> topCustomers) {}

    Glance glance() throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            return new Glance(
                    single(statement, "SELECT count(*) FROM usage_hourly"),
                    single(statement, "SELECT count(DISTINCT period_start) FROM usage_hourly WHERE closed"),
                    single(statement, "SELECT count(DISTINCT (metric, customer_id, period_start)) FROM report_due"),
                    single(statement, "SELECT count(*) FROM stripe_report WHERE state = 'accepted'"),
                    topCustomers(statement));
        }
    }

    long openRows() throws SQLException {
        return number("SELECT count(*) FROM usage_hourly WHERE NOT closed");
    }

    long acceptedReports() throws SQLException {
        return number("SELECT count(*) FROM stripe_report WHERE state = 'accepted'");
    }

    /** Events in the totals: those of the meters that see every event of their type. */
    long eventsInTotals() throws SQLException {
        return number("SELECT coalesce(sum(event_count), 0) FROM usage_hourly"
                + " WHERE metric IN ('api_requests', 'llm_peak_context')");
    }

    /** Balance of a ledger account, over all meters that are reported. */
    BigDecimal balance(String account) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT coalesce(sum(balance), 0) FROM ledger_balance"
                        + " JOIN reported_meter USING (metric) WHERE account = '" + account + "'")) {
            row.next();
            return row.getBigDecimal(1).stripTrailingZeros();
        }
    }

    Map<TotalKey, Total> totals() throws SQLException {
        Map<TotalKey, Total> totals = new TreeMap<>();
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT metric, customer_id, dimensions::text, period_start,"
                        + " quantity, event_count, encode(digest, 'hex'), withdrawn_count, closed FROM usage_hourly")) {
            while (row.next()) {
                BillingHour hour = BillingHour.containing(row.getTimestamp(4).toInstant());
                totals.put(
                        TotalKey.of(row.getString(1), row.getString(2), row.getString(3), hour),
                        new Total(
                                row.getBigDecimal(5),
                                row.getLong(6),
                                row.getString(7),
                                row.getLong(8),
                                row.getBoolean(9)));
            }
        }
        return totals;
    }

    private static List<String> topCustomers(Statement statement) throws SQLException {
        List<String> top = new ArrayList<>();
        try (ResultSet row = statement.executeQuery("SELECT customer_id, sum(event_count) AS events FROM usage_hourly"
                + " WHERE metric IN ('api_requests', 'llm_peak_context')"
                + " GROUP BY customer_id ORDER BY events DESC, customer_id LIMIT " + TOP)) {
            while (row.next()) {
                top.add("%-24s %,12d".formatted(row.getString(1), row.getLong(2)));
            }
        }
        return top;
    }

    private long number(String query) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            return single(statement, query);
        }
    }

    private static long single(Statement statement, String query) throws SQLException {
        try (ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getLong(1);
        }
    }
}
