package io.tallymark.report;

import io.tallymark.database.Sql;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Seals hours that are billed for good. A seal is given only while nothing of its hours is about to be told: so what Stripe was told
 * before the seal is what is billed, and everything later goes where the seal says.
 */
public final class Seals {
    // The lane's lock keeps claims out, which look for a seal under the same lock.
    private static final String LOCK_LANE = """
            INSERT INTO report_lane AS lane (metric, customer_id) VALUES (?, ?)
            ON CONFLICT (metric, customer_id) DO UPDATE SET claim_id = lane.claim_id
            RETURNING claim_id IS NOT NULL AND ready_at > report_now()
            """;

    // A lane without hours would stay for ever.
    private static final String DROP_LANE = """
            DELETE FROM report_lane AS lane WHERE lane.metric = ? AND lane.customer_id = ? AND lane.claim_id IS NULL AND NOT EXISTS (
                SELECT FROM report_due AS due
                WHERE due.metric = lane.metric AND due.customer_id = lane.customer_id AND due.queued)
            """;

    private static final String OPEN_HOURS = """
            SELECT period_start, min(reason) AS reason
            FROM (SELECT period_start, coalesce(waiting_for, 'about to be reported') AS reason FROM report_due
                  WHERE metric = ? AND customer_id = ? AND period_start < ?
                  UNION ALL
                  SELECT period_start, 'report ' || identifier || ' is ' || state FROM stripe_report
                  WHERE metric = ? AND customer_id = ? AND period_start < ? AND state IN ('pending', 'sent', 'ambiguous')) AS open
            WHERE period_start >= coalesce(
                    (SELECT max(sealed_before) FROM billing_seal WHERE customer_id = ? AND metric = ? AND sealed_before < ?), '-infinity')
                AND period_start >= coalesce(?::timestamptz, '-infinity')
            GROUP BY period_start ORDER BY period_start LIMIT 100
            """;

    private static final String INSERT = """
            INSERT INTO billing_seal (customer_id, metric, sealed_from, sealed_before, late, carry_to, cause) VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (customer_id, metric, sealed_before) DO UPDATE SET
                late = EXCLUDED.late, carry_to = EXCLUDED.carry_to, cause = EXCLUDED.cause
            """;

    private static final String DROP_LATE = """
            UPDATE billing_seal SET late = 'drop', carry_to = NULL, cause = ?
            WHERE customer_id = ? AND metric = ? AND sealed_before = ?
            """;

    // Of the last hour that begins before an instant.
    private static final String NEWEST = """
            SELECT sealed_from, sealed_before, late, carry_to, cause
            FROM seal_of(?, ?, date_trunc('hour', ?::timestamptz - interval '1 microsecond', 'UTC'))
            """;

    private Seals() {}

    /** An hour that is not told yet, and why. */
    public record OpenHour(Instant hour, String reason) {}

    /**
     * Seals the hours before {@code seal.before()}. The same again, or an older one, changes nothing; but one that drops late usage takes
     * the place of one that carries it, for nothing bills the customer any more.
     *
     * @param connection in a transaction
     * @return hours that stand in the way, at most 100; empty: they are sealed
     */
    public static List<OpenHour> seal(Connection connection, String customerId, String metric, Seal seal)
            throws SQLException {
        boolean calling = Sql.first(connection, row -> row.getBoolean(1), LOCK_LANE, metric, customerId)
                .orElseThrow();
        Optional<Seal> newest = newest(connection, customerId, metric, seal.before());
        boolean suspended = newest.filter(last -> last.late() == Seal.Late.HOLD)
                .filter(last -> !last.before().isBefore(seal.before()))
                .isPresent();
        if (suspended && seal.late() == Seal.Late.DROP && !calling) {
            // Nothing was told of these hours since, for it waited: only what becomes of it is new.
            Sql.update(
                    connection,
                    DROP_LATE,
                    seal.cause(),
                    customerId,
                    metric,
                    newest.get().before());
            Sql.update(connection, DROP_LANE, metric, customerId);
            return List.of();
        }
        List<OpenHour> open = openHours(connection, customerId, metric, seal.from(), seal.before());
        boolean sealed = newest.filter(last -> !last.before().isBefore(seal.before()))
                .filter(last -> last.late() == seal.late() || seal.late() != Seal.Late.DROP)
                .isPresent();
        if (!sealed && open.isEmpty() && !calling) {
            Sql.update(
                    connection,
                    INSERT,
                    customerId,
                    metric,
                    seal.from(),
                    seal.before(),
                    seal.late().sqlName(),
                    seal.to(),
                    seal.cause());
            sealed = true;
        }
        Sql.update(connection, DROP_LANE, metric, customerId);
        if (sealed) {
            return List.of();
        }
        return open.isEmpty() ? List.of(new OpenHour(seal.before(), "a report is being sent")) : open;
    }

    /**
     * Carries usage to a later hour that Stripe was told after the hour's invoice was final, and so bills nowhere.
     *
     * @param connection in a transaction
     */
    public static void carryTold(
            Connection connection,
            String customerId,
            String metric,
            Instant fromHour,
            Instant toHour,
            BigDecimal amount,
            String cause)
            throws SQLException {
        lockLane(connection, customerId, metric);
        CarryTable.carryTold(
                connection, DueHour.of(metric, customerId, fromHour), new NextStep.Carry(amount, toHour, cause));
    }

    /** Keeps claims of a lane out until the transaction ends. */
    static void lockLane(Connection connection, String customerId, String metric) throws SQLException {
        Sql.first(connection, row -> row.getBoolean(1), LOCK_LANE, metric, customerId);
    }

    /** Removes the lane again if nothing of it is queued. */
    static void dropLane(Connection connection, String customerId, String metric) throws SQLException {
        Sql.update(connection, DROP_LANE, metric, customerId);
    }

    /** Hours before an instant that are not told yet, and not sealed either; oldest first, at most 100. */
    public static List<OpenHour> openHours(Connection connection, String customerId, String metric, Instant before)
            throws SQLException {
        return openHours(connection, customerId, metric, null, before);
    }

    private static List<OpenHour> openHours(
            Connection connection, String customerId, String metric, @Nullable Instant from, Instant before)
            throws SQLException {
        return Sql.query(
                connection,
                Seals::openHour,
                OPEN_HOURS,
                metric,
                customerId,
                before,
                metric,
                customerId,
                before,
                customerId,
                metric,
                before,
                from);
    }

    private static Optional<Seal> newest(Connection connection, String customerId, String metric, Instant before)
            throws SQLException {
        return Sql.first(connection, Seal::of, NEWEST, metric, customerId, before);
    }

    private static OpenHour openHour(ResultSet row) throws SQLException {
        return new OpenHour(Sql.instant(row, "period_start"), row.getString("reason"));
    }
}
