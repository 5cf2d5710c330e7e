package io.tallymark.report;

import io.tallymark.database.Sql;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/**
 * Carries usage that was given up because Stripe takes nothing more about its hour: its write-off is taken back, and it is billed with an
 * open hour, as late usage is. What was sent once with an unknown fate stays written off, for Stripe may have it.
 */
public final class ExpiredUsage {
    // What a seal dropped is given up for good. An hour of which something is due or open is the reporter's first.
    private static final String HOURS = """
            SELECT report.period_start, sum(report.amount) AS amount FROM stripe_report AS report
            WHERE report.metric = ? AND report.customer_id = ? AND report.period_start >= ? AND report.period_start < ?
                AND report.state = 'expired'
                AND NOT EXISTS (
                    SELECT FROM billing_seal AS seal
                    WHERE seal.customer_id = report.customer_id AND seal.metric = report.metric AND seal.late = 'drop'
                        AND seal.sealed_before > report.period_start)
                AND NOT EXISTS (
                    SELECT FROM report_due AS due
                    WHERE due.metric = report.metric AND due.customer_id = report.customer_id
                        AND due.period_start = report.period_start)
                AND NOT EXISTS (
                    SELECT FROM stripe_report AS open
                    WHERE open.metric = report.metric AND open.customer_id = report.customer_id
                        AND open.period_start = report.period_start AND open.state IN ('pending', 'sent', 'ambiguous'))
            GROUP BY report.period_start HAVING sum(report.amount) <> 0 AND max(report.attempts) = 0
            ORDER BY report.period_start
            """;

    private ExpiredUsage() {}

    private record Hour(Instant start, BigDecimal amount) {}

    /**
     * Carries that of the hours that begin in a stretch. The same again carries nothing.
     *
     * @param connection in a transaction
     * @param toHour where it is billed
     */
    public static void carry(
            Connection connection,
            String customerId,
            String metric,
            Instant start,
            Instant end,
            Instant toHour,
            String cause)
            throws SQLException {
        Seals.lockLane(connection, customerId, metric);
        List<Hour> hours = Sql.query(
                connection,
                row -> new Hour(Sql.instant(row, "period_start"), row.getBigDecimal("amount")),
                HOURS,
                metric,
                customerId,
                start,
                end);
        for (Hour expired : hours) {
            DueHour hour = DueHour.of(metric, customerId, expired.start());
            ReportIntent back = takeBack(IntentTable.ofHours(connection, List.of(hour)), expired.amount());
            IntentTable.insert(connection, List.of(back));
            Postings.expired(connection, back, "taken back: " + cause);
            CarryTable.carry(connection, hour, new NextStep.Carry(expired.amount(), toHour, cause));
        }
        Seals.dropLane(connection, customerId, metric);
    }

    /** What was written stays: one more row of the hour takes the others back. */
    private static ReportIntent takeBack(List<ReportIntent> intents, BigDecimal amount) {
        ReportIntent expired = intents.stream()
                .filter(intent -> intent.state() == ReportIntent.State.EXPIRED)
                .max(Comparator.comparingInt(ReportIntent::sequence))
                .orElseThrow();
        int last = intents.stream().mapToInt(ReportIntent::sequence).max().orElseThrow();
        return ReportIntent.create(
                expired.hour(),
                last + 1,
                expired.target(),
                amount.negate(),
                amount.negate(),
                expired.timestamp(),
                ReportIntent.State.EXPIRED);
    }
}
