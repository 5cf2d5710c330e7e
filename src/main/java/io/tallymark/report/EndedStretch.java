package io.tallymark.report;

import io.tallymark.database.Sql;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Hours of a customer and meter that one price billed, and that are sealed: what Stripe was told of them is final, and below zero it
 * bills as 0.
 *
 * @param from the hours that begin then or later
 * @param before the hours that begin before it
 */
public record EndedStretch(String customerId, String metric, Instant from, Instant before) {
    // Of today's payer: another one's lines are not what ends here. What was carried away before is not there any more.
    private static final String TOLD = """
            SELECT coalesce(sum(amount), 0) AS told, max(hour) AS newest
            FROM (SELECT report.period_start AS hour, report.amount
                  FROM stripe_report AS report JOIN billing_customer USING (customer_id, stripe_customer_id)
                  WHERE report.customer_id = ? AND report.metric = ? AND report.period_start >= ? AND report.period_start < ?
                    AND report.state IN ('accepted', 'confirmed', 'observed')
                  UNION ALL
                  SELECT from_hour, -amount FROM billing_carry
                  WHERE told AND customer_id = ? AND metric = ? AND from_hour >= ? AND from_hour < ?) AS part
            """;

    private record Told(BigDecimal quantity, @Nullable Instant newest) {}

    /**
     * Carries what it is below zero to a later hour. Again, it finds nothing that is below zero.
     *
     * @param connection in a transaction
     * @param toHour of the stretch that follows
     * @return what was carried, below zero; empty: nothing
     */
    public Optional<BigDecimal> carryBelowZero(Connection connection, Instant toHour, String cause)
            throws SQLException {
        // Under the lane's lock, so that of two commands that lead on the same change one finds the other's row.
        Seals.lockLane(connection, customerId, metric);
        Told told = told(connection);
        Instant newest = told.newest();
        if (newest == null || told.quantity().signum() >= 0) {
            Seals.dropLane(connection, customerId, metric);
            return Optional.empty();
        }
        Instant hour = CarryHour.of(toHour, Sql.now(connection));
        Seals.carryTold(connection, customerId, metric, newest, hour, told.quantity(), cause);
        return Optional.of(told.quantity());
    }

    private Told told(Connection connection) throws SQLException {
        return Sql.first(
                        connection,
                        row -> new Told(row.getBigDecimal("told"), Sql.instantOrNull(row, "newest")),
                        TOLD,
                        customerId,
                        metric,
                        from,
                        before,
                        customerId,
                        metric,
                        from,
                        before)
                .orElseThrow();
    }
}
