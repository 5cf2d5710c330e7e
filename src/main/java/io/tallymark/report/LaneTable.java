package io.tallymark.report;

import io.tallymark.database.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Statements on {@code report_lane}. */
final class LaneTable {
    private static final String COUNT_LEASES =
            "SELECT count(*) FROM report_lane WHERE claim_id IS NOT NULL AND ready_at > report_now()";

    static final String PICK = """
            SELECT metric, customer_id FROM report_lane WHERE ready_at <= report_now()
            ORDER BY ready_at LIMIT ? FOR UPDATE SKIP LOCKED
            """;

    private static final String LEASE = """
            UPDATE report_lane AS lane
            SET claim_id = ?, called_at = NULL, ready_at = report_now() + ? * interval '1 millisecond'
            FROM unnest(?::text[], ?::text[]) AS taken (metric, customer_id)
            WHERE lane.metric = taken.metric AND lane.customer_id = taken.customer_id
            """;

    // Everybody who waits for several lanes locks them in this order, so that nobody waits in a circle.
    private static final String LOCK = """
            SELECT lane.metric, lane.customer_id, lane.claim_id FROM report_lane AS lane
            JOIN unnest(?::text[], ?::text[]) AS wanted (metric, customer_id)
                ON lane.metric = wanted.metric AND lane.customer_id = wanted.customer_id
            ORDER BY lane.metric, lane.customer_id FOR UPDATE OF lane
            """;

    private static final String EXTEND = """
            WITH held AS MATERIALIZED (
                SELECT lane.metric, lane.customer_id FROM report_lane AS lane
                JOIN unnest(?::text[], ?::text[], ?::bigint[]) AS claim (metric, customer_id, claim_id)
                    ON lane.metric = claim.metric AND lane.customer_id = claim.customer_id
                WHERE lane.claim_id = claim.claim_id AND lane.ready_at > report_now()
                ORDER BY lane.metric, lane.customer_id FOR UPDATE OF lane)
            UPDATE report_lane AS lane
            SET called_at = report_now(), ready_at = report_now() + ? * interval '1 millisecond'
            FROM held WHERE lane.metric = held.metric AND lane.customer_id = held.customer_id
            RETURNING lane.metric, lane.customer_id
            """;

    private static final String DROP_WHEN_DONE = """
            DELETE FROM report_lane AS lane USING unnest(?::text[], ?::text[]) AS done (metric, customer_id)
            WHERE lane.metric = done.metric AND lane.customer_id = done.customer_id AND NOT EXISTS (
                SELECT FROM report_due AS due
                WHERE due.metric = lane.metric AND due.customer_id = lane.customer_id
                    AND due.queued AND due.waiting_for IS NULL)
            """;

    private static final String RELEASE = """
            UPDATE report_lane AS lane
            SET claim_id = NULL, called_at = NULL, ready_at = report_now() + done.rest * interval '1 millisecond'
            FROM unnest(?::text[], ?::text[], ?::bigint[]) AS done (metric, customer_id, rest)
            WHERE lane.metric = done.metric AND lane.customer_id = done.customer_id
            """;

    private static final String RELEASE_UNSENT = """
            UPDATE report_lane SET claim_id = NULL, ready_at = report_now()
            WHERE claim_id IS NOT NULL AND called_at IS NULL
            """;

    private LaneTable() {}

    /**
     * The end of a lease.
     *
     * @param restMillis until the lane may be claimed again
     */
    record Rest(Lane lane, long restMillis) {}

    static long nextClaimId(Connection connection) throws SQLException {
        return Sql.first(connection, row -> row.getLong(1), "SELECT nextval('report_claim_seq')")
                .orElseThrow();
    }

    /** Reports that may be in flight, of whichever reporter. */
    static int countLeases(Connection connection) throws SQLException {
        return Sql.first(connection, row -> row.getInt(1), COUNT_LEASES).orElseThrow();
    }

    /** Locks lanes that are ready, those that have waited longest first; lanes that another transaction holds are passed over. */
    static List<Lane> pick(Connection connection, int limit) throws SQLException {
        return Sql.query(connection, row -> new Lane(row.getString(1), row.getString(2)), PICK, limit);
    }

    static void lease(Connection connection, List<Lane> lanes, long claimId, Duration lease) throws SQLException {
        if (!lanes.isEmpty()) {
            Sql.update(connection, LEASE, claimId, lease.toMillis(), metrics(lanes), customers(lanes));
        }
    }

    /** Locks those lanes that are there, in one order for everybody, and says which claim holds each; absent: none does. */
    static Map<Lane, OptionalLong> lock(Connection connection, List<Lane> lanes) throws SQLException {
        Map<Lane, OptionalLong> holders = new HashMap<>();
        Sql.query(
                        connection,
                        row -> Map.entry(
                                new Lane(row.getString(1), row.getString(2)),
                                Optional.ofNullable((Long) row.getObject(3))
                                        .map(OptionalLong::of)
                                        .orElseGet(OptionalLong::empty)),
                        LOCK,
                        metrics(lanes),
                        customers(lanes))
                .forEach(entry -> holders.put(entry.getKey(), entry.getValue()));
        return holders;
    }

    /**
     * Leases the lanes for calls that begin now.
     *
     * @return those that their claims still hold
     */
    static Set<Lane> extend(Connection connection, List<ClaimedReport> claims, Duration lease) throws SQLException {
        List<Lane> lanes = claims.stream().map(claim -> Lane.of(claim.hour())).toList();
        return Set.copyOf(Sql.query(
                connection,
                row -> new Lane(row.getString(1), row.getString(2)),
                EXTEND,
                metrics(lanes),
                customers(lanes),
                claims.stream().map(ClaimedReport::claimId).toArray(Long[]::new),
                lease.toMillis()));
    }

    /** Ends the leases of locked lanes: each goes when it has no more hours, or else is ready again after its rest. */
    static void release(Connection connection, List<Rest> rests) throws SQLException {
        if (rests.isEmpty()) {
            return;
        }
        List<Lane> lanes = rests.stream().map(Rest::lane).toList();
        Sql.update(connection, DROP_WHEN_DONE, metrics(lanes), customers(lanes));
        Sql.update(
                connection,
                RELEASE,
                metrics(lanes),
                customers(lanes),
                rests.stream().map(Rest::restMillis).toArray(Long[]::new));
    }

    /**
     * Frees the claims of a predecessor that never came to a call, so that a restart need not sit out their leases. Its calls, should it
     * still live, are refused: they announce themselves under the claim.
     */
    static int releaseUnsent(Connection connection) throws SQLException {
        return Sql.update(connection, RELEASE_UNSENT);
    }

    private static String[] metrics(List<Lane> lanes) {
        return lanes.stream().map(Lane::metric).toArray(String[]::new);
    }

    private static String[] customers(List<Lane> lanes) {
        return lanes.stream().map(Lane::customerId).toArray(String[]::new);
    }
}
