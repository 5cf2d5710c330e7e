package io.tallymark.report;

import io.tallymark.database.Sql;
import io.tallymark.usage.BillingPeriod;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Reads what the database knows about the hour whose turn it is in each of some locked lanes, in a few statements for all of them. An
 * hour with an intent of unknown fate has the turn, whatever else is due: so a lane has one open question at most.
 */
final class StandingReader {
    // The due hour and its total come from one snapshot: a total never is older than the change that made it due.
    static final String HEADS = """
            WITH head AS MATERIALIZED (
                SELECT lane.metric, lane.customer_id, coalesce(
                    (SELECT report.period_start FROM stripe_report AS report
                     WHERE report.metric = lane.metric AND report.customer_id = lane.customer_id
                        AND report.state IN ('pending', 'sent')
                     ORDER BY report.period_start LIMIT 1),
                    (SELECT waiting.period_start FROM report_due AS waiting
                     WHERE waiting.metric = lane.metric AND waiting.customer_id = lane.customer_id
                        AND waiting.queued AND waiting.waiting_for IS NULL
                     ORDER BY waiting.period_start LIMIT 1)) AS period_start
                FROM unnest(?::text[], ?::text[]) AS lane (metric, customer_id))
            SELECT head.metric, head.customer_id, head.period_start, report_now() AS read_at,
                coalesce(due.due_since, report_now()) AS due_since, coalesce(due.newest_id, 0) AS newest_id,
                usage.total + carried_usage(head.metric, head.customer_id, head.period_start) AS total, usage.open,
                seal.sealed_from, seal.sealed_before, seal.late, seal.carry_to, seal.cause, customer.stripe_customer_id, customer.billing_anchor, customer.billing_interval,
                item.subscription_item_id
            FROM head
            CROSS JOIN LATERAL (
                SELECT min(change.due_since) AS due_since, max(change.due_id) AS newest_id FROM report_due AS change
                WHERE change.metric = head.metric AND change.customer_id = head.customer_id
                    AND change.period_start = head.period_start) AS due
            CROSS JOIN LATERAL (
                SELECT coalesce(sum(hour.quantity) FILTER (WHERE hour.closed), 0) AS total,
                    coalesce(bool_or(NOT hour.closed), false) AS open
                FROM usage_hourly AS hour
                WHERE hour.metric = head.metric AND hour.customer_id = head.customer_id
                    AND hour.period_start = head.period_start) AS usage
            LEFT JOIN billing_customer AS customer ON customer.customer_id = head.customer_id
            LEFT JOIN LATERAL (
                SELECT billed.subscription_item_id FROM billing_item AS billed
                WHERE billed.customer_id = head.customer_id AND billed.metric = head.metric
                    AND billed.valid_from <= head.period_start
                    AND (billed.valid_to IS NULL OR billed.valid_to > head.period_start)
                ORDER BY billed.valid_from DESC LIMIT 1) AS item ON true
            LEFT JOIN LATERAL seal_of(head.metric, head.customer_id, head.period_start) AS seal ON true
            WHERE head.period_start IS NOT NULL
            """;

    private StandingReader() {}

    /** One standing for each lane that has an hour to report. */
    static List<HourStanding> read(Connection connection, List<Lane> lanes, ReportPolicy policy) throws SQLException {
        List<HourStanding> heads = Sql.query(
                connection,
                StandingReader::head,
                HEADS,
                lanes.stream().map(Lane::metric).toArray(String[]::new),
                lanes.stream().map(Lane::customerId).toArray(String[]::new));
        List<HourStanding> withIntents = withIntents(connection, heads);
        return PeriodReader.complete(connection, withIntents, policy);
    }

    private static List<HourStanding> withIntents(Connection connection, List<HourStanding> heads) throws SQLException {
        Map<DueHour, List<ReportIntent>> intents =
                IntentTable.ofHours(
                                connection,
                                heads.stream().map(HourStanding::hour).toList())
                        .stream()
                        .collect(Collectors.groupingBy(ReportIntent::hour));
        return heads.stream()
                .map(head -> head.with(intents.getOrDefault(head.hour(), List.of())))
                .toList();
    }

    private static HourStanding head(ResultSet row) throws SQLException {
        Instant start = Sql.instant(row, "period_start");
        BigDecimal total = row.getBigDecimal("total");
        return new HourStanding(
                DueHour.of(row.getString("metric"), row.getString("customer_id"), start),
                Sql.instant(row, "read_at"),
                new HourStanding.Due(Sql.instant(row, "due_since"), row.getLong("newest_id")),
                total,
                row.getBoolean("open"),
                mapping(row, start),
                List.of(),
                null,
                Seal.read(row));
    }

    private static HourStanding.Mapping mapping(ResultSet row, Instant start) throws SQLException {
        Optional<Instant> anchor = Optional.ofNullable(Sql.instantOrNull(row, "billing_anchor"));
        BillingPeriod.Interval interval = Optional.ofNullable(row.getString("billing_interval"))
                .map(BillingPeriod.Interval::fromSql)
                .orElse(BillingPeriod.Interval.MONTH);
        return new HourStanding.Mapping(
                row.getString("stripe_customer_id"),
                row.getString("subscription_item_id"),
                BillingPeriod.containing(start, anchor.orElse(BillingPeriod.DEFAULT_ANCHOR), interval),
                anchor.isPresent());
    }
}
