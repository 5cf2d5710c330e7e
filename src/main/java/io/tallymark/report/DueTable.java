package io.tallymark.report;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;

/** Statements on {@code report_due}. Those on hours of a lane expect that the caller has locked the lane. */
final class DueTable {
    /** Changes put into lanes at once; the rest waits for the next tick. */
    static final int QUEUE_BATCH = 2_000;

    // The count makes the lanes come first: their locks keep outcomes away until the hours are in. Sorted, so that two
    // of these
    // cannot wait for each other in a circle.
    private static final String QUEUE_NEW = """
            WITH fresh AS MATERIALIZED (
                SELECT due_id, metric, customer_id FROM report_due WHERE NOT queued ORDER BY due_id LIMIT ?),
            lanes AS (
                INSERT INTO report_lane AS lane (metric, customer_id)
                SELECT DISTINCT metric, customer_id FROM fresh ORDER BY metric, customer_id
                ON CONFLICT (metric, customer_id) DO UPDATE SET claim_id = lane.claim_id
                RETURNING 1)
            UPDATE report_due AS due SET queued = true FROM fresh
            WHERE due.due_id = fresh.due_id AND (SELECT count(*) FROM lanes) > 0
            """;

    private static final String WAKE_MAPPED = """
            UPDATE report_due AS due SET waiting_for = NULL, queued = false
            WHERE waiting_for = ? AND (
                EXISTS (SELECT FROM billing_customer AS customer WHERE customer.customer_id = due.customer_id)
                OR period_start < now() - ? * interval '1 millisecond')
            """;

    private static final String WAKE_ALL =
            "UPDATE report_due SET waiting_for = NULL, queued = false WHERE waiting_for = ?";

    private static final String PARK_LANE = """
            UPDATE report_due SET waiting_for = ?
            WHERE metric = ? AND customer_id = ? AND queued AND waiting_for IS NULL
            """;

    private static final String HOLD_HOUR =
            "UPDATE report_due SET waiting_for = ? WHERE metric = ? AND customer_id = ? AND period_start = ? AND queued";

    // One statement, one snapshot: it clears exactly the changes whose totals it has compared. A change committed a
    // moment later stays.
    private static final String SETTLE = """
            DELETE FROM report_due WHERE metric = ? AND customer_id = ? AND period_start = ? AND
                (SELECT coalesce(sum(quantity), 0) FROM usage_hourly
                 WHERE metric = ? AND customer_id = ? AND period_start = ? AND closed) =
                (SELECT coalesce(sum(amount), 0) FROM stripe_report
                 WHERE metric = ? AND customer_id = ? AND period_start = ?
                    AND state IN ('accepted', 'confirmed', 'expired')) + ?
            """;

    private DueTable() {}

    /** Puts newly due hours into their lanes. */
    static int queueNew(Connection connection) throws SQLException {
        return Sql.update(connection, QUEUE_NEW, QUEUE_BATCH);
    }

    /** Wakes the hours of customers who are mapped by now, and those whose time has run out. */
    static int wakeMapped(Connection connection, CustomerMapping mapping) throws SQLException {
        return switch (mapping) {
            case TABLE ->
                Sql.update(
                        connection,
                        WAKE_MAPPED,
                        ReportPolicy.WAITING_FOR_CUSTOMER,
                        ReportPolicy.OLDEST_REPORT.toMillis());
            case IDENTITY -> Sql.update(connection, WAKE_ALL, ReportPolicy.WAITING_FOR_CUSTOMER);
        };
    }

    static void parkLane(Connection connection, Lane lane, String reason) throws SQLException {
        Sql.update(connection, PARK_LANE, reason, lane.metric(), lane.customerId());
    }

    static void holdHour(Connection connection, DueHour hour, String reason) throws SQLException {
        Sql.update(connection, HOLD_HOUR, reason, hour.metric(), hour.customerId(), hour.start());
    }

    /**
     * Takes the hour off the list if its total is what Stripe was told, plus what Stripe refused for good.
     *
     * @param refused 0 unless a report was just rejected
     */
    static boolean settle(Connection connection, DueHour hour, BigDecimal refused) throws SQLException {
        String metric = hour.metric();
        String customer = hour.customerId();
        return Sql.update(
                        connection,
                        SETTLE,
                        metric,
                        customer,
                        hour.start(),
                        metric,
                        customer,
                        hour.start(),
                        metric,
                        customer,
                        hour.start(),
                        refused)
                > 0;
    }
}
