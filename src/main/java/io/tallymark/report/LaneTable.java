package io.tallymark.report;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/** Statements on {@code report_lane}. */
final class LaneTable {
    private static final String COUNT_LEASES =
            "SELECT count(*) FROM report_lane WHERE claim_id IS NOT NULL AND ready_at > now()";

    private static final String PICK = """
            SELECT metric, customer_id FROM report_lane WHERE ready_at <= now()
            ORDER BY ready_at LIMIT ? FOR UPDATE SKIP LOCKED
            """;

    private static final String LEASE = """
            UPDATE report_lane SET claim_id = ?, ready_at = now() + ? * interval '1 millisecond'
            WHERE metric = ? AND customer_id = ?
            """;

    private static final String LOCK =
            "SELECT claim_id FROM report_lane WHERE metric = ? AND customer_id = ? FOR UPDATE";

    private static final String DROP_WHEN_DONE = """
            DELETE FROM report_lane AS lane WHERE metric = ? AND customer_id = ? AND NOT EXISTS (
                SELECT FROM report_due AS due
                WHERE due.metric = lane.metric AND due.customer_id = lane.customer_id
                    AND due.queued AND due.waiting_for IS NULL)
            """;

    private static final String RELEASE = """
            UPDATE report_lane SET claim_id = NULL, ready_at = now() + ? * interval '1 millisecond'
            WHERE metric = ? AND customer_id = ?
            """;

    private static final String RELEASE_UNSENT = """
            UPDATE report_lane AS lane SET claim_id = NULL, ready_at = now()
            WHERE claim_id IS NOT NULL AND ready_at > now() AND NOT EXISTS (
                SELECT FROM stripe_report AS report
                WHERE report.metric = lane.metric AND report.customer_id = lane.customer_id AND report.state = 'sent')
            """;

    private LaneTable() {}

    /** Reports that may be in flight, of whichever reporter. */
    static int countLeases(Connection connection) throws SQLException {
        return Sql.first(connection, row -> row.getInt(1), COUNT_LEASES).orElseThrow();
    }

    /** Locks lanes that are ready, those that have waited longest first; lanes that another transaction holds are passed over. */
    static List<Lane> pick(Connection connection, int limit) throws SQLException {
        return Sql.query(connection, row -> new Lane(row.getString(1), row.getString(2)), PICK, limit);
    }

    static void lease(Connection connection, List<Lane> lanes, long claimId, Duration lease) throws SQLException {
        List<Object[]> rows = lanes.stream()
                .map(lane -> new Object[] {claimId, lease.toMillis(), lane.metric(), lane.customerId()})
                .toList();
        Sql.updateAll(connection, LEASE, rows);
    }

    /** Locks a lane if it is there, and says whether the claim still holds it. */
    static boolean lock(Connection connection, Lane lane, long claimId) throws SQLException {
        return Sql.query(
                        connection,
                        row -> Objects.equals(row.getObject(1), claimId),
                        LOCK,
                        lane.metric(),
                        lane.customerId())
                .contains(true);
    }

    /** Ends the lease of a locked lane: it goes when it has no more hours, or else is ready again after the delay. */
    static void release(Connection connection, Lane lane, long delayMillis) throws SQLException {
        if (Sql.update(connection, DROP_WHEN_DONE, lane.metric(), lane.customerId()) == 0) {
            Sql.update(connection, RELEASE, delayMillis, lane.metric(), lane.customerId());
        }
    }

    /**
     * Frees the claims of a predecessor that never came to a call, so that a restart need not sit out their leases. Its calls, should it
     * still live, are refused: they announce themselves under the claim.
     */
    static int releaseUnsent(Connection connection) throws SQLException {
        return Sql.update(connection, RELEASE_UNSENT);
    }
}
