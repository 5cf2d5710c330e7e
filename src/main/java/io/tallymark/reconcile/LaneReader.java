package io.tallymark.reconcile;

import io.tallymark.database.Sql;
import io.tallymark.usage.BillingPeriod;
import io.tallymark.usage.ReportMode;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads what our books say about a lane: totals, reports and what is due. */
final class LaneReader {
    private static final String OF_LANE =
            " WHERE metric = ? AND customer_id = ? AND period_start >= ? AND period_start < ? ";

    private static final String BILLING = """
            SELECT report_now() AS now, customer.billing_anchor, coalesce(customer.billing_interval, 'month') AS billing_interval
            FROM (SELECT) AS one LEFT JOIN billing_customer AS customer ON customer.customer_id = ?
            """;

    private static final String BY_PERIOD = "SELECT 1 FROM stripe_report" + OF_LANE
            + "AND mode IN ('period-total', 'usage-record-set', 'usage-record-increment') LIMIT 1";

    private static final String REPORTS = """
            SELECT period_start, identifier, sequence, mode, event_name, coalesce(stripe_customer_id, '') AS stripe_customer_id,
                value, amount, event_timestamp, state, attempts, resolved_at, coalesce(error, '') AS error,
                coalesce(stripe_error, '') AS stripe_error, doubted_at IS NOT NULL AS doubted
            FROM stripe_report
            """ + OF_LANE + "ORDER BY period_start, sequence";

    private static final String TOTALS = """
            SELECT period_start, sum(quantity) AS total
            FROM (SELECT metric, customer_id, period_start, quantity FROM usage_hourly WHERE closed
                  UNION ALL
                  SELECT metric, customer_id, to_hour, amount FROM billing_carry
                  UNION ALL
                  SELECT metric, customer_id, from_hour, -amount FROM billing_carry WHERE NOT told) AS billed
            """ + OF_LANE + "GROUP BY period_start";

    private static final String DUE = """
            SELECT period_start, bool_or(waiting_for IS NULL) AS due, coalesce(max(waiting_for), '') AS waiting_for
            FROM report_due
            """ + OF_LANE + "GROUP BY period_start";

    private LaneReader() {}

    /**
     * Reads the hours from {@code from} to before {@code to}; where usage was told by billing period, those of the whole periods.
     */
    static LaneBooks read(Connection connection, Lane lane, Instant from, Instant to) throws SQLException {
        Billing billing = Sql.first(connection, LaneReader::billing, BILLING, lane.customerId())
                .orElseThrow();
        Instant start = from;
        Instant end = to;
        if (!Sql.query(connection, row -> 1, BY_PERIOD, lane.metric(), lane.customerId(), from, to)
                .isEmpty()) {
            start = earlier(from, billing.period(from).start());
            end = later(to, billing.period(to.minusMillis(1)).end());
        }
        return new LaneBooks(
                lane, billing.now(), billing.anchor(), billing.interval(), hours(connection, lane, start, end));
    }

    private static List<HourBooks> hours(Connection connection, Lane lane, Instant start, Instant end)
            throws SQLException {
        Object[] stretch = {lane.metric(), lane.customerId(), start, end};
        Map<Instant, Draft> drafts = new TreeMap<>();
        Sql.query(connection, row -> draft(drafts, row).reports.add(report(row)), REPORTS, stretch);
        Sql.query(connection, row -> draft(drafts, row).table = row.getBigDecimal("total"), TOTALS, stretch);
        Sql.query(
                connection,
                row -> draft(drafts, row).due(row.getBoolean("due"), row.getString("waiting_for")),
                DUE,
                stretch);
        return drafts.values().stream().map(Draft::books).toList();
    }

    private static Draft draft(Map<Instant, Draft> drafts, ResultSet row) throws SQLException {
        return drafts.computeIfAbsent(Sql.instant(row, "period_start"), Draft::new);
    }

    private static ReportLine report(ResultSet row) throws SQLException {
        return new ReportLine(
                Sql.instant(row, "period_start"),
                row.getString("identifier"),
                row.getInt("sequence"),
                mode(row.getString("mode")),
                row.getString("event_name"),
                row.getString("stripe_customer_id"),
                row.getBigDecimal("value"),
                row.getBigDecimal("amount"),
                Sql.instant(row, "event_timestamp"),
                ReportState.fromSql(row.getString("state")),
                row.getInt("attempts"),
                Sql.instantOrNull(row, "resolved_at"),
                row.getString("error"),
                row.getString("stripe_error"),
                row.getBoolean("doubted"));
    }

    private static Billing billing(ResultSet row) throws SQLException {
        @Nullable Instant anchor = Sql.instantOrNull(row, "billing_anchor");
        return new Billing(
                Sql.instant(row, "now"),
                anchor == null ? BillingPeriod.DEFAULT_ANCHOR : anchor,
                BillingPeriod.Interval.fromSql(row.getString("billing_interval")));
    }

    private static ReportMode mode(String configName) {
        return Arrays.stream(ReportMode.values())
                .filter(mode -> mode.configName().equals(configName))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        "stripe_report holds mode " + configName + ", which this version does not know"));
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    private record Billing(Instant now, Instant anchor, BillingPeriod.Interval interval) {
        BillingPeriod period(Instant hour) {
            return BillingPeriod.containing(hour, anchor, interval);
        }
    }

    /** Takes in the rows of one hour from three tables. */
    private static final class Draft {
        private final Instant hour;
        private final List<ReportLine> reports = new ArrayList<>();
        private BigDecimal table = BigDecimal.ZERO;
        private boolean due;
        private String waitingFor = "";

        Draft(Instant hour) {
            this.hour = hour;
        }

        Draft due(boolean isDue, String reason) {
            due = isDue;
            waitingFor = reason;
            return this;
        }

        HourBooks books() {
            return new HourBooks(hour, table, reports, due, waitingFor);
        }
    }
}
