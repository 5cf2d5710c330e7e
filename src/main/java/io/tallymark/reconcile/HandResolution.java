package io.tallymark.reconcile;

import io.tallymark.database.Sql;
import io.tallymark.usage.UserError;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;

/** A person's word on a report whose fate no machine can tell. The reporter then looks at its hour again. */
final class HandResolution {
    private static final String FIND = """
            SELECT metric, customer_id, period_start, amount, state, doubted_at IS NOT NULL AS doubted, attempts
            FROM stripe_report WHERE identifier = ?
            """;
    private static final String OVERTAKEN_BY = """
            SELECT newer.identifier FROM stripe_report AS newer JOIN stripe_report AS one ON one.identifier = ?
            WHERE newer.metric = ? AND newer.customer_id = ? AND newer.period_start = ? AND newer.sequence > one.sequence
                AND newer.mode IN ('hourly-total', 'period-total', 'usage-record-set')
                AND newer.state IN ('accepted', 'confirmed') AND one.state = 'rejected'
            ORDER BY newer.sequence LIMIT 1
            """;
    private static final String RESOLVE =
            "UPDATE stripe_report SET state = ?, resolved_at = report_now(), error = ? WHERE identifier = ?";
    private static final String POST = """
            INSERT INTO ledger_entry (metric, customer_id, period_start, from_account, to_account, amount, cause,
                report_identifier)
            VALUES (?, ?, ?, 'unreported', 'reported', ?, ?, ?)
            """;
    // Other hours of the billing period may wait for this one.
    private static final String LOOK_AGAIN = """
            UPDATE report_due SET waiting_for = NULL, queued = false
            WHERE metric = ? AND customer_id = ? AND (period_start = ? OR waiting_for LIKE 'ambiguous%')
            """;
    private static final String MAKE_DUE =
            "INSERT INTO report_due (metric, customer_id, period_start) VALUES (?, ?, ?)";

    private HandResolution() {}

    /**
     * Resolves a report.
     *
     * @param accepted whether Stripe has it; otherwise it is told anew
     * @throws UserError when there is no such report, or its fate is known, or it is being told at this moment
     */
    static void resolve(Connection connection, String identifier, boolean accepted) throws SQLException {
        Found report = find(connection, identifier);
        // An ambiguous report is nobody's claim any more, whatever else of its lane is being told.
        if (!LaneLock.take(connection, report.lane()) && report.state() == ReportState.SENT) {
            throw new UserError(
                    "report " + identifier + " is being told or read back at this moment", "try again in a minute");
        }
        // Again, under the lock.
        Found locked = find(connection, identifier);
        requireOpen(locked, identifier);
        requireNotOvertaken(connection, locked, identifier);
        String fate = accepted ? "accepted" : "lost";
        Sql.update(connection, RESOLVE, fate, "resolved by hand: " + fate, identifier);
        Lane lane = report.lane();
        if (accepted && report.amount().signum() != 0) {
            Sql.update(
                    connection,
                    POST,
                    lane.metric(),
                    lane.customerId(),
                    report.hour(),
                    report.amount(),
                    "resolved by hand: accepted",
                    identifier);
        }
        if (Sql.update(connection, LOOK_AGAIN, lane.metric(), lane.customerId(), report.hour()) == 0) {
            Sql.update(connection, MAKE_DUE, lane.metric(), lane.customerId(), report.hour());
        }
    }

    private static Found find(Connection connection, String identifier) throws SQLException {
        return Sql.first(
                        connection,
                        row -> new Found(
                                new Lane(row.getString("metric"), row.getString("customer_id")),
                                Sql.instant(row, "period_start"),
                                row.getBigDecimal("amount"),
                                ReportState.fromSql(row.getString("state")),
                                row.getBoolean("doubted"),
                                row.getInt("attempts")),
                        FIND,
                        identifier)
                .orElseThrow(() -> new UserError(
                        "--resolve: there is no report " + identifier,
                        "name one that ./tallymark reconcile lists as ambiguous"));
    }

    private static void requireOpen(Found report, String identifier) {
        boolean open = switch (report.state()) {
            case AMBIGUOUS -> true;
            case SENT -> report.doubted();
            // Refused in its last call; nobody knows about those before.
            case REJECTED -> report.attempts() > 1;
            default -> false;
        };
        if (!open) {
            throw new UserError(
                    "--resolve: report " + identifier + " is " + report.state().sqlName() + ", not ambiguous",
                    "nothing is to be decided; ./tallymark reconcile lists those that are ambiguous");
        }
    }

    /** A total that was told later took the refused one's place: nothing is open any more. */
    private static void requireNotOvertaken(Connection connection, Found report, String identifier)
            throws SQLException {
        Optional<String> later = Sql.first(
                connection,
                row -> row.getString(1),
                OVERTAKEN_BY,
                identifier,
                report.lane().metric(),
                report.lane().customerId(),
                report.hour());
        if (later.isPresent()) {
            throw new UserError(
                    "--resolve: report " + identifier + " was overtaken by " + later.get()
                            + ", which replaced its value",
                    "nothing is to be decided; ./tallymark reconcile compares the hour with Stripe");
        }
    }

    private record Found(
            Lane lane, Instant hour, BigDecimal amount, ReportState state, boolean doubted, int attempts) {}
}
