package io.tallymark.reconcile;

import io.tallymark.database.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Statements on {@code reconcile_check}: which stretches of which lanes the sweep looks at, and when. */
final class CheckTable {
    /** Hours of one row: as many as one question to Stripe covers, rounded down to days. */
    static final Duration RANGE = Duration.ofDays(4);

    private static final String RANGE_OF_HOUR = "date_bin('96 hours', period_start, timestamptz 'epoch')";

    private static final String ENROL = """
            INSERT INTO reconcile_check (metric, customer_id, range_start)
            SELECT DISTINCT metric, customer_id, %s FROM stripe_report
            WHERE state = 'accepted' AND resolved_at > ? AND resolved_at <= report_now() - ? * interval '1 millisecond'
            ON CONFLICT DO NOTHING
            """.formatted(RANGE_OF_HOUR);

    private static final String PICK = """
            UPDATE reconcile_check AS picked SET check_at = report_now() + ? * interval '1 millisecond',
                checks = picked.checks + 1, checked_at = report_now()
            FROM (SELECT metric, customer_id, range_start FROM reconcile_check
                  WHERE check_at <= report_now() ORDER BY check_at LIMIT 1 FOR UPDATE SKIP LOCKED) AS due
            WHERE picked.metric = due.metric AND picked.customer_id = due.customer_id AND picked.range_start = due.range_start
            RETURNING picked.metric, picked.customer_id, picked.range_start, picked.checks
            """;

    private static final String DROP_WHEN_DONE = """
            DELETE FROM reconcile_check AS done WHERE metric = ? AND customer_id = ? AND range_start = ?
                AND NOT EXISTS (
                    SELECT FROM stripe_report AS report
                    WHERE report.metric = done.metric AND report.customer_id = done.customer_id AND report.state = 'accepted'
                        AND report.period_start >= done.range_start
                        AND report.period_start < done.range_start + interval '96 hours')
                AND NOT EXISTS (
                    SELECT FROM reconcile_finding AS finding
                    WHERE finding.metric = done.metric AND finding.customer_id = done.customer_id
                        AND finding.resolved_at IS NULL
                        AND finding.window_end > done.range_start
                        AND finding.window_start < done.range_start + interval '96 hours')
            """;

    private static final String PUT_OFF = """
            UPDATE reconcile_check SET check_at = report_now() + ? * interval '1 millisecond'
            WHERE metric = ? AND customer_id = ? AND range_start = ?
            """;

    // What Stripe names in an error event is the identifier, or one with eight more characters behind it.
    private static final String MARK = """
            WITH marked AS (
                UPDATE stripe_report SET stripe_error = ?
                WHERE identifier = ANY (?) AND stripe_error IS DISTINCT FROM ?
                RETURNING metric, customer_id, period_start)
            INSERT INTO reconcile_check AS due (metric, customer_id, range_start)
            SELECT DISTINCT metric, customer_id, %s FROM marked
            ON CONFLICT (metric, customer_id, range_start) DO UPDATE SET check_at = least(due.check_at, EXCLUDED.check_at)
            """.formatted(RANGE_OF_HOUR);

    private CheckTable() {}

    /** A row that was picked; nobody else picks it before its lease ends. */
    record Picked(Lane lane, Instant start, int checks) {
        Instant end() {
            return start.plus(RANGE);
        }
    }

    /** Puts in stretches with reports that were accepted after {@code since} and long enough ago. */
    static int enrol(Connection connection, Instant since, Duration checkAfter) throws SQLException {
        return Sql.update(connection, ENROL, since, checkAfter.toMillis());
    }

    static Optional<Picked> pick(Connection connection, Duration lease) throws SQLException {
        return Sql.first(
                connection,
                row -> new Picked(
                        new Lane(row.getString("metric"), row.getString("customer_id")),
                        Sql.instant(row, "range_start"),
                        row.getInt("checks")),
                PICK,
                lease.toMillis());
    }

    /** Removes the row when all of it is confirmed and no finding is open; otherwise it comes again. */
    static void finish(Connection connection, Picked picked, Duration delay) throws SQLException {
        Lane lane = picked.lane();
        if (Sql.update(connection, DROP_WHEN_DONE, lane.metric(), lane.customerId(), picked.start()) == 0) {
            Sql.update(connection, PUT_OFF, delay.toMillis(), lane.metric(), lane.customerId(), picked.start());
        }
    }

    /** Notes an error of Stripe's on the reports that it names, and makes them due for a look. Repeats change nothing. */
    static int mark(Connection connection, String[] identifiers, String error) throws SQLException {
        return Sql.update(connection, MARK, error, identifiers, error);
    }
}
