package io.tallymark.reconcile;

import io.tallymark.database.Sql;
import java.sql.Connection;
import java.sql.SQLException;

/** The lane's row lock, which everybody holds who changes what the reporter decides by. Keeps claims and outcomes away. */
final class LaneLock {
    private static final String LOCK = """
            INSERT INTO report_lane AS lane (metric, customer_id) VALUES (?, ?)
            ON CONFLICT (metric, customer_id) DO UPDATE SET claim_id = lane.claim_id
            RETURNING claim_id IS NOT NULL AND ready_at > report_now()
            """;

    private LaneLock() {}

    /**
     * Locks the lane, until the end of the transaction.
     *
     * @return false when a report of the lane is being told at this moment: nothing may be changed
     */
    static boolean take(Connection connection, Lane lane) throws SQLException {
        return !Sql.first(connection, row -> row.getBoolean(1), LOCK, lane.metric(), lane.customerId())
                .orElseThrow();
    }
}
