package io.tallymark.preview;

import io.tallymark.close.PeriodUsage;
import io.tallymark.database.Sql;
import io.tallymark.usage.Aggregation;
import io.tallymark.usage.Meter;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What the table says of a metric's hours, and what Stripe was told of them. */
final class UsageBooks {
    // The newest value of a period is all of it. What Stripe was told in vain was carried, and is told with another
    // hour.
    private static final String TOLD = """
            SELECT coalesce(CASE WHEN bool_and(mode = 'period-total') FILTER (WHERE told)
                        THEN (array_agg(value ORDER BY event_timestamp DESC, created_at DESC) FILTER (WHERE told))[1]
                        ELSE sum(amount) FILTER (WHERE told) END, 0)
                    - (SELECT coalesce(sum(amount), 0) FROM billing_carry AS vain
                       WHERE vain.told AND vain.metric = ? AND vain.customer_id = ? AND from_hour >= ? AND from_hour < ?) AS told,
                count(*) FILTER (WHERE state = 'accepted') AS unconfirmed,
                count(*) FILTER (WHERE state IN ('rejected', 'unmapped', 'expired')) AS refused
            FROM (SELECT *, state IN ('accepted', 'confirmed', 'observed') AS told FROM stripe_report) AS report
            WHERE metric = ? AND customer_id = ? AND period_start >= ? AND period_start < ?
            """;

    private static final String EARLY = """
            SELECT coalesce(sum(quantity), 0) AS total, coalesce(max(quantity), 0) AS largest,
                coalesce((array_agg(quantity ORDER BY period_start DESC))[1], 0) AS newest
            FROM usage_hourly
            WHERE metric = ? AND customer_id = ? AND period_start >= ? AND period_start < ? AND NOT closed AND event_count > 0
            """;

    private static final String UNREPORTED = """
            SELECT FROM usage_hourly
            WHERE metric = ? AND customer_id = ? AND period_start >= ? AND period_start < ? AND event_count > 0
                AND NOT EXISTS (SELECT FROM reported_meter AS meter WHERE meter.metric = usage_hourly.metric)
            LIMIT 1
            """;

    private final Map<String, Aggregation> aggregations;
    private final PeriodUsage usage;

    /** @param meters of tallymark.yaml */
    UsageBooks(List<Meter> meters) {
        aggregations = meters.stream().collect(Collectors.toUnmodifiableMap(Meter::metric, Meter::aggregation));
        usage = new PeriodUsage(meters);
    }

    /**
     * Some hours of a metric.
     *
     * @param used closed totals, with what was carried to them and without what was carried away
     * @param credit what they are below zero, which bills as 0; 0: they are not
     * @param untold what Stripe does not know of them
     */
    record Hours(BigDecimal used, BigDecimal credit, Untold untold) {}

    /** Whether there is usage that nobody reports: then {@link #read} does not see it. */
    boolean isUnreported(Connection connection, String customerId, String metric, Due due) throws SQLException {
        return Sql.first(connection, row -> true, UNREPORTED, metric, customerId, due.start(), due.end())
                .isPresent();
    }

    /** Whether the quantities of hours add up to the period's. */
    boolean addsUp(String metric) {
        return aggregation(metric).addsUp();
    }

    /** The hours that begin in a stretch of time. */
    Hours read(Connection connection, String customerId, String metric, Instant from, Instant to) throws SQLException {
        BigDecimal sum = usage.read(connection, customerId, from, to).getOrDefault(metric, BigDecimal.ZERO);
        BigDecimal used = sum.max(BigDecimal.ZERO);
        BigDecimal early = Sql.first(
                        connection, row -> row.getBigDecimal(column(metric)), EARLY, metric, customerId, from, to)
                .orElseThrow();
        Untold untold = Sql.first(
                        connection,
                        row -> untold(row, metric, used, early),
                        TOLD,
                        metric,
                        customerId,
                        from,
                        to,
                        metric,
                        customerId,
                        from,
                        to)
                .orElseThrow();
        return new Hours(used, addsUp(metric) ? sum.min(BigDecimal.ZERO) : BigDecimal.ZERO, untold);
    }

    private static Untold untold(ResultSet row, String metric, BigDecimal used, BigDecimal early) throws SQLException {
        // Below zero bills as 0, and so does what Stripe was told.
        BigDecimal told = row.getBigDecimal("told").max(BigDecimal.ZERO);
        return new Untold(metric, used.subtract(told), early, row.getLong("unconfirmed"), row.getLong("refused"));
    }

    private String column(String metric) {
        return switch (aggregation(metric)) {
            case SUM, COUNT -> "total";
            case MAX -> "largest";
            case LAST -> "newest";
        };
    }

    private Aggregation aggregation(String metric) {
        return Optional.ofNullable(aggregations.get(metric)).orElse(Aggregation.SUM);
    }
}
