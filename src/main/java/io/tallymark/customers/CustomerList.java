package io.tallymark.customers;

import io.tallymark.usage.DatabaseAccess;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;

/** Who is mapped, and whose usage waits for a mapping. */
public final class CustomerList {
    private static final String MAPPED = """
            SELECT customer_id, stripe_customer_id, billing_anchor, billing_interval FROM billing_customer ORDER BY customer_id
            """;
    private static final String WAITING = """
            SELECT due.customer_id, due.metric, count(*) AS hours, coalesce(sum(usage.total), 0) AS quantity,
                min(due.period_start) AS oldest
            FROM (SELECT DISTINCT metric, customer_id, period_start FROM report_due WHERE waiting_for IN ('unmapped', 'unmapped subscription item')) AS due
            LEFT JOIN LATERAL (
                SELECT sum(quantity) AS total FROM usage_hourly AS hour
                WHERE hour.metric = due.metric AND hour.customer_id = due.customer_id
                    AND hour.period_start = due.period_start AND hour.closed) AS usage ON true
            GROUP BY due.customer_id, due.metric ORDER BY due.customer_id, due.metric
            """;

    private final DatabaseAccess database;

    public CustomerList(DatabaseAccess database) {
        this.database = database;
    }

    /**
     * Usage that waits.
     *
     * @param hours how many
     * @param quantity their totals together, in the meter's unit
     * @param oldest start of the first of them
     */
    public record Waiting(String customerId, String metric, long hours, BigDecimal quantity, OffsetDateTime oldest) {}

    public List<Mapping> mapped() throws SQLException {
        return read(MAPPED, row -> {
            OffsetDateTime anchor = row.getObject("billing_anchor", OffsetDateTime.class);
            return new Mapping(
                    row.getString("customer_id"),
                    row.getString("stripe_customer_id"),
                    anchor == null ? null : anchor.toInstant(),
                    row.getString("billing_interval"));
        });
    }

    public List<Waiting> waiting() throws SQLException {
        return read(
                WAITING,
                row -> new Waiting(
                        row.getString("customer_id"),
                        row.getString("metric"),
                        row.getLong("hours"),
                        row.getBigDecimal("quantity"),
                        row.getObject("oldest", OffsetDateTime.class)));
    }

    private <T> List<T> read(String query, Row<T> reader) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            List<T> rows = new ArrayList<>();
            while (row.next()) {
                rows.add(reader.read(row));
            }
            return rows;
        }
    }

    @FunctionalInterface
    private interface Row<T> {
        T read(ResultSet row) throws SQLException;
    }
}
