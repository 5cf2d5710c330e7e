package io.tallymark.operations;

import io.tallymark.usage.DatabaseAccess;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.TreeMap;

/** What the database says was used. */
record Books(DatabaseAccess database) {
    private static final String HOURS = "SELECT metric || ' ' || customer_id || ' '"
            + " || to_char(period_start AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), sum(quantity)"
            + " FROM usage_hourly WHERE closed OR (%s) GROUP BY metric, customer_id, period_start";

    /**
     * Quantities by metric, customer and hour, over all dimensions.
     *
     * @param regionless whether bytes by region, of a running hour, are of a release that was rolled back: nobody closes or reports them
     */
    Map<String, BigDecimal> totals(boolean regionless) throws SQLException {
        return numbers(HOURS.formatted(regionless ? "metric <> 'api_bytes' OR dimensions = '{}'" : "true"));
    }

    /** As {@link #totals}, of hours that are closed. */
    Map<String, BigDecimal> closedTotals() throws SQLException {
        return numbers(HOURS.formatted("false"));
    }

    boolean hasOpenHoursThatAreOver() throws SQLException {
        return !numbers("SELECT 'rows', count(*) FROM usage_hourly WHERE NOT closed"
                        + " AND period_start < date_trunc('hour', now(), 'UTC') HAVING count(*) > 0")
                .isEmpty();
    }

    /** Records of the balance sheet's column, such as {@code read}. */
    long records(String column) throws SQLException {
        return numbers("SELECT 'sum', sum(" + column + ") FROM intake_hourly")
                .getOrDefault("sum", BigDecimal.ZERO)
                .longValueExact();
    }

    private Map<String, BigDecimal> numbers(String sql) throws SQLException {
        Map<String, BigDecimal> numbers = new TreeMap<>();
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            while (row.next()) {
                BigDecimal number = row.getBigDecimal(2);
                numbers.put(
                        row.getString(1),
                        new BigDecimal(number.stripTrailingZeros().toPlainString()));
            }
        }
        return numbers;
    }
}
