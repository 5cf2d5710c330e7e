package io.tallymark.close;

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
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What the table says of a customer's period: the quantity of each metric that an invoice should show. */
public final class PeriodUsage {
    // Sums are with what was carried to hours of the period, without what was carried away from them, and without what
    // came after a cancellation had billed its hour.
    private static final String USED = """
            SELECT metric, sum(quantity) AS total, max(largest) AS largest,
                (array_agg(newest ORDER BY period_start DESC) FILTER (WHERE newest IS NOT NULL))[1] AS newest
            FROM (SELECT metric, period_start, sum(quantity) AS quantity, max(quantity) AS largest, max(quantity) AS newest
                  FROM usage_hourly
                  WHERE customer_id = ? AND closed AND period_start >= ? AND period_start < ? AND event_count > 0
                  GROUP BY metric, period_start
                  UNION ALL
                  SELECT metric, to_hour, amount, NULL, NULL FROM billing_carry
                  WHERE customer_id = ? AND to_hour >= ? AND to_hour < ?
                  UNION ALL
                  SELECT metric, from_hour, -amount, NULL, NULL FROM billing_carry
                  WHERE customer_id = ? AND from_hour >= ? AND from_hour < ?
                  UNION ALL
                  SELECT dropped.metric, dropped.period_start, -dropped.amount, NULL, NULL FROM stripe_report AS dropped
                  WHERE dropped.customer_id = ? AND dropped.period_start >= ? AND dropped.period_start < ?
                    AND dropped.state = 'expired' AND EXISTS (
                        SELECT FROM billing_seal AS seal
                        WHERE seal.customer_id = dropped.customer_id AND seal.metric = dropped.metric AND seal.late = 'drop'
                            AND seal.sealed_before > dropped.period_start)) AS hour
            JOIN reported_meter USING (metric)
            GROUP BY metric
            """;

    // A customer who got another payer in mid-period is billed by both, each what Stripe was told under them.
    private static final String ELSEWHERE = """
            SELECT metric, sum(amount) AS amount FROM reported_meter JOIN stripe_report AS report USING (metric)
            WHERE report.customer_id = ? AND report.period_start >= ? AND report.period_start < ?
                AND report.state IN ('accepted', 'confirmed', 'observed')
                AND report.stripe_customer_id <> ? AND report.mode NOT LIKE 'usage-record%'
            GROUP BY metric HAVING sum(amount) <> 0
            """;

    private final Map<String, Aggregation> aggregations;

    /** @param meters of tallymark.yaml */
    public PeriodUsage(List<Meter> meters) {
        aggregations = meters.stream().collect(Collectors.toUnmodifiableMap(Meter::metric, Meter::aggregation));
    }

    /**
     * What an invoice should show: of each metric the hours that begin where its lines bill, of others those of the whole period.
     *
     * @return by metric, those that are reported to Stripe; may be below zero, which bills as 0
     */
    Map<String, BigDecimal> of(Connection connection, ClosingInvoice invoice) throws SQLException {
        String customer = invoice.customerId().orElseThrow();
        Map<String, BigDecimal> used = read(connection, customer, invoice.start(), invoice.end());
        for (Map.Entry<String, ClosingInvoice.Billed> lines : invoice.billed().entrySet()) {
            ClosingInvoice.Billed billed = lines.getValue();
            if (!billed.start().equals(invoice.start()) || !billed.end().equals(invoice.end())) {
                BigDecimal part = read(connection, customer, billed.start(), billed.end())
                        .getOrDefault(lines.getKey(), BigDecimal.ZERO);
                used.put(lines.getKey(), part);
            }
        }
        elsewhere(connection, invoice).forEach((metric, told) -> {
            if (addsUp(metric)) {
                used.merge(metric, told.negate(), BigDecimal::add);
            }
        });
        return used;
    }

    /** What was told of the same hours to other Stripe customers, by metric. */
    Map<String, BigDecimal> elsewhere(Connection connection, ClosingInvoice invoice) throws SQLException {
        Map<String, BigDecimal> elsewhere = elsewhere(connection, invoice, invoice.start(), invoice.end());
        for (String metric : invoice.billed().keySet()) {
            ClosingInvoice.Billed billed = invoice.billed(metric);
            Map<String, BigDecimal> part = elsewhere(connection, invoice, billed.start(), billed.end());
            elsewhere.remove(metric);
            Optional.ofNullable(part.get(metric)).ifPresent(told -> elsewhere.put(metric, told));
        }
        return elsewhere;
    }

    private static Map<String, BigDecimal> elsewhere(
            Connection connection, ClosingInvoice invoice, Instant start, Instant end) throws SQLException {
        Map<String, BigDecimal> told = new TreeMap<>();
        Sql.query(
                connection,
                row -> told.put(row.getString("metric"), row.getBigDecimal("amount")),
                ELSEWHERE,
                invoice.customerId().orElseThrow(),
                start,
                end,
                invoice.stripeCustomerId());
        return told;
    }

    private boolean addsUp(String metric) {
        Aggregation aggregation = aggregations.getOrDefault(metric, Aggregation.SUM);
        return aggregation == Aggregation.SUM || aggregation == Aggregation.COUNT;
    }

    /** The hours that begin in a stretch, by metric; those that are reported to Stripe. */
    public Map<String, BigDecimal> read(Connection connection, String customerId, Instant start, Instant end)
            throws SQLException {
        Map<String, BigDecimal> used = new TreeMap<>();
        Sql.query(
                connection,
                row -> used.put(row.getString("metric"), quantity(row)),
                USED,
                customerId,
                start,
                end,
                customerId,
                start,
                end,
                customerId,
                start,
                end,
                customerId,
                start,
                end);
        return used;
    }

    private BigDecimal quantity(ResultSet row) throws SQLException {
        Aggregation aggregation = aggregations.getOrDefault(row.getString("metric"), Aggregation.SUM);
        BigDecimal quantity = row.getBigDecimal(
                switch (aggregation) {
                    case SUM, COUNT -> "total";
                    case MAX -> "largest";
                    case LAST -> "newest";
                });
        return Optional.ofNullable(quantity).orElse(BigDecimal.ZERO);
    }
}
