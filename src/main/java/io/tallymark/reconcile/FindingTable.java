package io.tallymark.reconcile;

import io.tallymark.database.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Statements on {@code reconcile_finding}. A window has one row; it is opened again when the window differs again. */
final class FindingTable {
    private static final String RECORD = """
            INSERT INTO reconcile_finding AS finding (metric, customer_id, mode, event_name, stripe_customer_id,
                window_start, window_end, kind, table_total, told, held, detail)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?::numeric, ?)
            ON CONFLICT (metric, customer_id, mode, event_name, stripe_customer_id, window_start) DO UPDATE SET
                window_end = EXCLUDED.window_end, kind = EXCLUDED.kind, table_total = EXCLUDED.table_total,
                told = EXCLUDED.told, held = EXCLUDED.held, detail = EXCLUDED.detail, seen_at = report_now(),
                found_at = CASE WHEN finding.kind = EXCLUDED.kind AND finding.resolved_at IS NULL
                    THEN finding.found_at ELSE report_now() END,
                resolved_at = NULL
            RETURNING old.kind IS DISTINCT FROM new.kind OR old.resolved_at IS NOT NULL
            """;

    private static final String RESOLVE = """
            UPDATE reconcile_finding AS finding SET resolved_at = report_now()
            FROM unnest(?::text[], ?::text[], ?::text[], ?::timestamptz[]) AS agreed (mode, event_name, stripe_customer_id, window_start)
            WHERE finding.metric = ? AND finding.customer_id = ? AND finding.resolved_at IS NULL
                AND finding.mode = agreed.mode AND finding.event_name = agreed.event_name
                AND finding.stripe_customer_id = agreed.stripe_customer_id AND finding.window_start = agreed.window_start
            """;

    /** Of windows that are at another place by now, where nothing of them is compared any more. */
    private static final String RESOLVE_MOVED = """
            UPDATE reconcile_finding AS finding SET resolved_at = report_now()
            WHERE metric = ? AND customer_id = ? AND resolved_at IS NULL AND window_start = ANY (?::timestamptz[])
                AND NOT EXISTS (
                    SELECT FROM unnest(?::text[], ?::text[], ?::text[], ?::timestamptz[])
                        AS judged (mode, event_name, stripe_customer_id, window_start)
                    WHERE finding.mode = judged.mode AND finding.event_name = judged.event_name
                        AND finding.stripe_customer_id = judged.stripe_customer_id
                        AND finding.window_start = judged.window_start)
            """;

    private static final String OPEN_STARTS = """
            SELECT window_start FROM reconcile_finding
            WHERE metric = ? AND customer_id = ? AND window_start >= ? AND window_start < ? AND resolved_at IS NULL
            """;

    private FindingTable() {}

    /** @return whether it is new, or of another kind than before, or open again */
    static boolean record(Connection connection, Finding finding) throws SQLException {
        return Sql.first(
                        connection,
                        row -> row.getBoolean(1),
                        RECORD,
                        finding.metric(),
                        finding.customerId(),
                        finding.mode(),
                        finding.target(),
                        finding.stripeCustomerId(),
                        finding.start(),
                        finding.end(),
                        finding.kind().word(),
                        finding.table(),
                        finding.told(),
                        finding.held().map(held -> held.toPlainString()).orElse(null),
                        finding.detail())
                .orElseThrow();
    }

    static void resolve(Connection connection, Lane lane, List<Finding> agreed) throws SQLException {
        if (agreed.isEmpty()) {
            return;
        }
        Sql.update(
                connection,
                RESOLVE,
                agreed.stream().map(Finding::mode).toArray(String[]::new),
                agreed.stream().map(Finding::target).toArray(String[]::new),
                agreed.stream().map(Finding::stripeCustomerId).toArray(String[]::new),
                agreed.stream().map(finding -> finding.start().toString()).toArray(String[]::new),
                lane.metric(),
                lane.customerId());
    }

    /** @param judged every window that was looked at */
    static void resolveMoved(Connection connection, Lane lane, List<Finding> judged) throws SQLException {
        String[] starts =
                judged.stream().map(finding -> finding.start().toString()).toArray(String[]::new);
        Sql.update(
                connection,
                RESOLVE_MOVED,
                lane.metric(),
                lane.customerId(),
                starts,
                judged.stream().map(Finding::mode).toArray(String[]::new),
                judged.stream().map(Finding::target).toArray(String[]::new),
                judged.stream().map(Finding::stripeCustomerId).toArray(String[]::new),
                starts);
    }

    /** Where open findings of the lane begin. */
    static Set<Instant> openStarts(Connection connection, Lane lane, Instant from, Instant to) throws SQLException {
        return new HashSet<>(Sql.query(
                connection,
                row -> Sql.instant(row, "window_start"),
                OPEN_STARTS,
                lane.metric(),
                lane.customerId(),
                from,
                to));
    }
}
