package io.tallymark.report;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads what the database knows about the oldest due hour of each of some locked lanes, in two statements for all of them. */
final class StandingReader {
    // The due hour and its total come from one snapshot: a total never is older than the change that made it due.
    private static final String HEADS = """
            SELECT head.*, now() AS read_at, usage.total, usage.open, customer.stripe_customer_id
            FROM unnest(?::text[], ?::text[]) AS lane (metric, customer_id)
            CROSS JOIN LATERAL (
                SELECT due.metric, due.customer_id, due.period_start, min(due.due_since) AS due_since
                FROM report_due AS due
                WHERE due.metric = lane.metric AND due.customer_id = lane.customer_id
                    AND due.queued AND due.waiting_for IS NULL
                GROUP BY due.metric, due.customer_id, due.period_start ORDER BY due.period_start LIMIT 1) AS head
            CROSS JOIN LATERAL (
                SELECT coalesce(sum(hour.quantity) FILTER (WHERE hour.closed), 0) AS total,
                    coalesce(bool_or(NOT hour.closed), false) AS open
                FROM usage_hourly AS hour
                WHERE hour.metric = head.metric AND hour.customer_id = head.customer_id
                    AND hour.period_start = head.period_start) AS usage
            LEFT JOIN billing_customer AS customer ON customer.customer_id = head.customer_id
            """;

    private StandingReader() {}

    /** One standing for each lane that has an hour to report. */
    static List<HourStanding> read(Connection connection, List<Lane> lanes) throws SQLException {
        List<Head> heads = Sql.query(
                connection,
                StandingReader::head,
                HEADS,
                lanes.stream().map(Lane::metric).toArray(String[]::new),
                lanes.stream().map(Lane::customerId).toArray(String[]::new));
        Map<DueHour, List<ReportIntent>> intents =
                IntentTable.ofHours(connection, heads.stream().map(Head::hour).toList()).stream()
                        .collect(Collectors.groupingBy(ReportIntent::hour));
        return heads.stream()
                .map(head -> head.with(intents.getOrDefault(head.hour(), List.of())))
                .toList();
    }

    private static Head head(ResultSet row) throws SQLException {
        return new Head(
                DueHour.of(row.getString("metric"), row.getString("customer_id"), Sql.instant(row, "period_start")),
                Sql.instant(row, "read_at"),
                Sql.instant(row, "due_since"),
                row.getBigDecimal("total"),
                row.getBoolean("open"),
                row.getString("stripe_customer_id"));
    }

    private record Head(
            DueHour hour,
            Instant readAt,
            Instant dueSince,
            BigDecimal total,
            boolean open,
            @Nullable String mappedCustomer) {
        HourStanding with(List<ReportIntent> intents) {
            return new HourStanding(hour, readAt, dueSince, total, open, mappedCustomer, intents);
        }
    }
}
