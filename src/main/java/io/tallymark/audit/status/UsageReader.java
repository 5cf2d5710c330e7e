package io.tallymark.audit.status;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads what stands open: hours without a closed total, and totals that Stripe does not know. */
final class UsageReader {
    private static final String OPEN_HOURS = """
            SELECT count(DISTINCT period_start) FILTER (WHERE NOT abandoned) AS hours,
                min(period_start) FILTER (WHERE NOT abandoned) AS oldest,
                count(*) FILTER (WHERE abandoned) AS abandoned
            FROM (SELECT period_start, period_start + interval '1 hour' + make_interval(secs => ?) <
                      coalesce((SELECT watermark FROM metering_progress WHERE topic = ?), '-infinity') AS abandoned
                  FROM usage_hourly WHERE NOT closed) AS open_row
            """;
    private static final String UNREPORTED = """
            SELECT metric, coalesce(sum(balance), 0) AS quantity, count(*) FILTER (WHERE balance <> 0) AS customers
            FROM reported_meter LEFT JOIN (SELECT * FROM ledger_balance WHERE account = 'unreported') AS balance USING (metric)
            GROUP BY metric ORDER BY metric
            """;
    private static final String UNREPORTABLE = """
            SELECT metric, too_old, sum(amount) AS quantity, count(*) AS customers, min(cause) AS cause, max(cause) <> min(cause) AS several
            FROM (SELECT metric, customer_id, cause LIKE 'too old%' AS too_old, sum(amount) AS amount, min(cause) AS cause
                  FROM ledger_entry WHERE to_account = 'unreportable' GROUP BY 1, 2, 3 HAVING sum(amount) <> 0) AS lost
            GROUP BY metric, too_old ORDER BY metric, too_old DESC
            """;
    private final Connection connection;

    UsageReader(Connection connection) {
        this.connection = connection;
    }

    Instant now() throws SQLException {
        return Rows.query(connection, row -> Rows.instant(row, "now"), "SELECT clock_timestamp() AS now")
                .get(0);
    }

    /** @param writtenWithin after the watermark that closes an hour */
    OpenHours openHours(String topic, Duration writtenWithin) throws SQLException {
        return Rows.query(
                        connection,
                        row -> new OpenHours(
                                row.getLong("hours"), Rows.instantOrNull(row, "oldest"), row.getLong("abandoned")),
                        OPEN_HOURS,
                        (double) writtenWithin.toSeconds(),
                        topic)
                .get(0);
    }

    Reporting reporting() throws SQLException {
        List<Reporting.Balance> unreported = Rows.query(connection, UsageReader::balance, UNREPORTED);
        List<Reporting.WrittenOff> unreportable = Rows.query(connection, UsageReader::writtenOff, UNREPORTABLE);
        long rejectedHours = Rows.query(
                        connection, row -> row.getLong("hours"), "SELECT count(*) AS hours FROM refused_report")
                .get(0);
        Due due = Rows.query(
                        connection,
                        UsageReader::due,
                        "SELECT count(DISTINCT (metric, customer_id, period_start)) AS hours, min(due_since) AS oldest"
                                + " FROM report_due")
                .get(0);
        Map<String, Long> waitingFor = Rows.counts(connection, """
                SELECT waiting_for, count(DISTINCT (metric, customer_id, period_start)) FROM report_due
                WHERE waiting_for IS NOT NULL GROUP BY 1 ORDER BY 1
                """);
        Map<String, Long> refused = Rows.counts(
                connection,
                "SELECT state, count(*) FROM stripe_report WHERE state IN ('rejected', 'expired') GROUP BY 1 ORDER BY 1");
        Map<String, Long> told = Rows.counts(
                connection,
                "SELECT state, count(*) FROM stripe_report WHERE state NOT IN ('rejected', 'expired') GROUP BY 1 ORDER BY 1");
        Map<String, Long> findings = Rows.counts(
                connection,
                "SELECT kind, count(*) FROM reconcile_finding WHERE resolved_at IS NULL GROUP BY 1 ORDER BY 1");
        return new Reporting(
                unreported,
                due.hours(),
                due.oldest(),
                waitingFor,
                refused,
                told,
                findings,
                rejectedHours,
                unreportable);
    }

    private static Reporting.Balance balance(ResultSet row) throws SQLException {
        return new Reporting.Balance(row.getString("metric"), row.getBigDecimal("quantity"), row.getLong("customers"));
    }

    private static Reporting.WrittenOff writtenOff(ResultSet row) throws SQLException {
        return new Reporting.WrittenOff(
                balance(row),
                row.getBoolean("too_old"),
                row.getString("cause") + (row.getBoolean("several") ? " and others" : ""));
    }

    private static Due due(ResultSet row) throws SQLException {
        return new Due(row.getLong("hours"), Rows.instantOrNull(row, "oldest"));
    }

    private record Due(long hours, @Nullable Instant oldest) {}
}
