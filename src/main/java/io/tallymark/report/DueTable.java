package io.tallymark.report;

import io.tallymark.database.Sql;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** Statements on {@code report_due}. Those on hours of a lane expect that the caller has locked the lane. */
final class DueTable {
    /** Changes put into lanes at once; the rest waits for the next tick. */
    static final int QUEUE_BATCH = 2_000;
    /** Waiting changes woken at once. */
    static final int WAKE_BATCH = 20_000;

    // The count makes the lanes come first: their locks keep outcomes away until the hours are in. Sorted, so that two
    // of these
    // cannot wait for each other in a circle.
    static final String QUEUE_NEW = """
            WITH fresh AS MATERIALIZED (
                SELECT due_id, metric, customer_id FROM report_due WHERE NOT queued ORDER BY due_id LIMIT ?),
            lanes AS (
                INSERT INTO report_lane AS lane (metric, customer_id)
                SELECT DISTINCT metric, customer_id FROM fresh ORDER BY metric, customer_id
                ON CONFLICT (metric, customer_id) DO UPDATE SET claim_id = lane.claim_id
                RETURNING 1)
            UPDATE report_due SET queued = true
            WHERE due_id = ANY (ARRAY(SELECT due_id FROM fresh)) AND (SELECT count(*) FROM lanes) > 0
            """;

    private static final String WAKE_MAPPED = """
            UPDATE report_due SET waiting_for = NULL, queued = false
            WHERE due_id IN (
                SELECT due_id FROM report_due AS due
                WHERE waiting_for = ? AND (
                    EXISTS (SELECT FROM billing_customer AS customer WHERE customer.customer_id = due.customer_id)
                    OR period_start < report_now() - ? * interval '1 millisecond')
                LIMIT ?)
            """;

    private static final String WAKE_ITEMS = """
            UPDATE report_due SET waiting_for = NULL, queued = false
            WHERE due_id IN (
                SELECT due_id FROM report_due AS due
                WHERE waiting_for = ? AND (
                    EXISTS (SELECT FROM billing_item AS item
                        WHERE item.customer_id = due.customer_id AND item.metric = due.metric
                            AND item.valid_from <= due.period_start
                            AND (item.valid_to IS NULL OR item.valid_to > due.period_start))
                    OR period_start < report_now() - ? * interval '1 millisecond')
                LIMIT ?)
            """;

    private static final String WAKE_REVIEWED = """
            UPDATE report_due SET waiting_for = NULL, queued = false
            WHERE due_id IN (
                SELECT due_id FROM report_due AS due
                WHERE waiting_for = ANY (?) AND CASE WHEN waiting_for = ? THEN '{carry,drop}' ELSE '{drop}' END::text[] @> ARRAY(
                    SELECT seal.late FROM seal_of(due.metric, due.customer_id, due.period_start) AS seal)
                LIMIT ?)
            """;

    private static final String WAKE_BEGUN = """
            UPDATE report_due SET waiting_for = NULL, queued = false
            WHERE due_id IN (
                SELECT due_id FROM report_due WHERE waiting_for = ? AND period_start <= report_now() LIMIT ?)
            """;

    private static final String WAKE_ALL = """
            UPDATE report_due SET waiting_for = NULL, queued = false
            WHERE due_id IN (SELECT due_id FROM report_due WHERE waiting_for = ? LIMIT ?)
            """;

    private static final String PARK_LANE = """
            UPDATE report_due SET waiting_for = ?
            WHERE metric = ? AND customer_id = ? AND queued AND waiting_for IS NULL
            """;

    private static final String HOLD_HOUR =
            "UPDATE report_due SET waiting_for = ? WHERE metric = ? AND customer_id = ? AND period_start = ? AND queued";

    // A change with a lower number may be committed after the look. It is not queued: that takes the lane's lock.
    private static final String SETTLE_SEEN =
            "DELETE FROM report_due WHERE metric = ? AND customer_id = ? AND period_start = ? AND queued"
                    + " AND due_id <= ?";

    // One statement, one snapshot: it clears exactly the changes whose totals it has compared. A change committed a
    // moment later stays.
    private static final String SETTLE_EQUAL = """
            DELETE FROM report_due AS due
            USING unnest(?::text[], ?::text[], ?::timestamptz[], ?::numeric[]) AS done (metric, customer_id, period_start, refused)
            WHERE due.metric = done.metric AND due.customer_id = done.customer_id AND due.period_start = done.period_start AND
                (SELECT coalesce(sum(quantity), 0) FROM usage_hourly AS hour
                 WHERE hour.metric = done.metric AND hour.customer_id = done.customer_id
                    AND hour.period_start = done.period_start AND closed)
                + carried_usage(done.metric, done.customer_id, done.period_start) =
                (SELECT coalesce(sum(amount), 0) FROM stripe_report AS report
                 WHERE report.metric = done.metric AND report.customer_id = done.customer_id
                    AND report.period_start = done.period_start
                    AND state IN ('accepted', 'confirmed', 'observed', 'expired')) + done.refused
            """;

    private DueTable() {}

    /**
     * An hour that may be off the list.
     *
     * @param refused what Stripe refused for good just now; otherwise 0
     */
    record Done(DueHour hour, BigDecimal refused) {}

    /** Puts newly due hours into their lanes. */
    static int queueNew(Connection connection) throws SQLException {
        return Sql.update(connection, QUEUE_NEW, QUEUE_BATCH);
    }

    /**
     * Wakes hours of customers who are mapped by now, those whose review is done or whose time has come, and those whose time has run out.
     *
     * @return how many; {@link #WAKE_BATCH} or more: there may be others
     */
    static int wakeMapped(Connection connection, CustomerMapping mapping) throws SQLException {
        long oldestMillis = AgeRule.OLDEST_REPORT.toMillis();
        int items = Sql.update(connection, WAKE_ITEMS, ReportPolicy.WAITING_FOR_ITEM, oldestMillis, WAKE_BATCH);
        int reviewed = Sql.update(
                connection,
                WAKE_REVIEWED,
                new String[] {ReportPolicy.FOR_REVIEW, ReportPolicy.NOT_CARRIED},
                ReportPolicy.FOR_REVIEW,
                WAKE_BATCH);
        int begun = Sql.update(connection, WAKE_BEGUN, ReportPolicy.WAITING_FOR_START, WAKE_BATCH);
        return items
                + reviewed
                + begun
                + switch (mapping) {
                    case TABLE ->
                        Sql.update(
                                connection, WAKE_MAPPED, ReportPolicy.WAITING_FOR_CUSTOMER, oldestMillis, WAKE_BATCH);
                    case IDENTITY -> Sql.update(connection, WAKE_ALL, ReportPolicy.WAITING_FOR_CUSTOMER, WAKE_BATCH);
                };
    }

    static void parkLane(Connection connection, Lane lane, String reason) throws SQLException {
        Sql.update(connection, PARK_LANE, reason, lane.metric(), lane.customerId());
    }

    static void holdHour(Connection connection, DueHour hour, String reason) throws SQLException {
        Sql.update(connection, HOLD_HOUR, reason, hour.metric(), hour.customerId(), hour.start());
    }

    /** Takes the changes of an hour off the list that were seen when it was found to need no telling. */
    static void settle(Connection connection, DueHour hour, long newestDueId) throws SQLException {
        Sql.update(connection, SETTLE_SEEN, hour.metric(), hour.customerId(), hour.start(), newestDueId);
    }

    /** Takes those hours off the list whose total is what Stripe was told, plus what Stripe refused for good. */
    static void settle(Connection connection, List<Done> hours) throws SQLException {
        if (hours.isEmpty()) {
            return;
        }
        Sql.update(
                connection,
                SETTLE_EQUAL,
                hours.stream().map(done -> done.hour().metric()).toArray(String[]::new),
                hours.stream().map(done -> done.hour().customerId()).toArray(String[]::new),
                hours.stream().map(done -> done.hour().start().toString()).toArray(String[]::new),
                hours.stream().map(Done::refused).toArray(BigDecimal[]::new));
    }
}
