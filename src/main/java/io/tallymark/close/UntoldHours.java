package io.tallymark.close;

import io.tallymark.database.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What the tables alone say of hours that Stripe cannot know yet: they are open, due, or of unknown fate. */
final class UntoldHours {
    private static final int MOST = 20;

    private static final String NOT_WHOLE =
            "; void or correct the usage, or bill it by hand and ./tallymark close --accept";

    private static final String WATERMARK = "SELECT watermark FROM metering_progress WHERE topic = ?";

    private static final String OPEN_ROWS = """
            SELECT count(DISTINCT period_start) FROM usage_hourly
            WHERE customer_id = ? AND NOT closed AND period_start >= ? AND period_start < ?
            """;

    // Whether the table's total and what was told differ decides, not the row: one of an hour that is told already goes
    // at the next tick.
    private static final String WAITING = """
            SELECT metric, why, min(period_start) AS oldest, count(DISTINCT period_start) AS hours
            FROM (SELECT due.metric, due.period_start,
                      coalesce('waits: ' || due.waiting_for, 'due: the reporter is about to tell it') AS why
                  FROM reported_meter JOIN report_due AS due USING (metric)
                  WHERE due.customer_id = ? AND due.period_start >= ? AND due.period_start < ?
                      AND owed_usage(due.metric, due.customer_id, due.period_start)
                          <> (SELECT coalesce(sum(told.amount), 0) FROM stripe_report AS told
                              WHERE told.metric = due.metric AND told.customer_id = due.customer_id
                                  AND told.period_start = due.period_start
                                  AND told.state IN ('accepted', 'confirmed', 'observed'))
                  UNION ALL
                  SELECT report.metric, report.period_start,
                      CASE report.state WHEN 'ambiguous' THEN 'ambiguous: nobody knows the fate of ' || report.identifier
                          ELSE 'the fate of ' || report.identifier || ' is not known yet' END
                  FROM reported_meter JOIN stripe_report AS report USING (metric)
                  WHERE report.customer_id = ? AND report.period_start >= ? AND report.period_start < ?
                      AND report.state IN ('pending', 'sent', 'ambiguous')) AS waiting
            GROUP BY metric, why ORDER BY metric, oldest LIMIT ?
            """;

    private UntoldHours() {}

    /**
     * Hours of the period that are not closed.
     *
     * @param topic whose watermark closes hours
     */
    static Optional<Reason> open(Connection connection, ClosingInvoice invoice, String customer, String topic)
            throws SQLException {
        Optional<Instant> watermark = Sql.query(
                        connection, row -> Optional.ofNullable(Sql.instantOrNull(row, "watermark")), WATERMARK, topic)
                .stream()
                .flatMap(Optional::stream)
                .findFirst();
        // The last hour of the period may reach beyond it.
        if (watermark.isEmpty() || watermark.get().isBefore(invoice.carryTo())) {
            return Optional.of(new Reason(
                    Reason.Kind.HOURS_OPEN,
                    "",
                    "hours close until " + invoice.carryTo() + ", and metering is at "
                            + watermark.map(Instant::toString).orElse("its very beginning")));
        }
        long open = Sql.first(connection, row -> row.getLong(1), OPEN_ROWS, customer, invoice.start(), invoice.end())
                .orElse(0L);
        return open == 0
                ? Optional.empty()
                : Optional.of(new Reason(Reason.Kind.HOURS_OPEN, "", open + " hours have early results only"));
    }

    /** What is due, or of unknown fate; by metric and cause, the oldest first. */
    static List<Reason> waiting(Connection connection, ClosingInvoice invoice, String customer) throws SQLException {
        return Sql.query(
                connection,
                UntoldHours::waiting,
                WAITING,
                customer,
                invoice.start(),
                invoice.end(),
                customer,
                invoice.start(),
                invoice.end(),
                MOST);
    }

    private static Reason waiting(ResultSet row) throws SQLException {
        String why = row.getString("why");
        long hours = row.getLong("hours");
        return new Reason(
                kindOf(why),
                row.getString("metric"),
                "from " + Sql.instant(row, "oldest") + ": " + (hours == 1 ? "" : hours + " hours; ") + why
                        + (why.contains("whole numbers") ? NOT_WHOLE : ""));
    }

    /** @param why it waits, as the tables say it */
    static Reason.Kind kindOf(String why) {
        if (why.contains("unmapped")) {
            return Reason.Kind.UNMAPPED;
        }
        // No sync tells it: its hour is billed.
        if (why.contains("review: ")) {
            return Reason.Kind.REVIEW;
        }
        return why.startsWith("ambiguous") || why.startsWith("waits: ambiguous")
                ? Reason.Kind.AMBIGUOUS
                : Reason.Kind.UNREPORTED;
    }
}
