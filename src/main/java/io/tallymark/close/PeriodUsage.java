package io.tallymark.close;

import io.tallymark.database.Sql;
import io.tallymark.usage.Aggregation;
import io.tallymark.usage.Meter;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What the table says of a customer's period: the quantity of each metric that an invoice should show. */
public final class PeriodUsage {
    // Sums are with what was carried to hours of the period, without what was carried away from them, and without what
    // came after a cancellation had billed its hour. An hour of which all was carried away is none that has usage.
    private static final String USED = """
            SELECT metric, sum(quantity) AS total, max(largest) AS largest,
                (array_agg(newest ORDER BY period_start DESC) FILTER (WHERE newest IS NOT NULL))[1] AS newest,
                coalesce(min(period_start) FILTER (WHERE quantity <> 0), min(period_start)) AS oldest_hour,
                coalesce(max(period_start) FILTER (WHERE quantity <> 0), max(period_start)) AS newest_hour
            FROM (SELECT metric, period_start, sum(quantity) AS quantity, max(largest) AS largest, max(newest) AS newest
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
                            AND seal.sealed_before > dropped.period_start)) AS part
            GROUP BY metric, period_start) AS hour
            JOIN reported_meter USING (metric)
            WHERE CASE ?::text WHEN 'billed' THEN billed_hour(?, ?, metric, period_start)
                WHEN 'unsold' THEN unsold_hour(?, ?, metric, period_start) ELSE true END
            GROUP BY metric
            """;

    // A customer who got another payer in mid-period is billed by both, each what Stripe was told under them.
    private static final String ELSEWHERE = """
            SELECT metric, sum(amount) AS amount FROM reported_meter JOIN stripe_report AS report USING (metric)
            WHERE report.customer_id = ? AND report.period_start >= ? AND report.period_start < ?
                AND report.state IN ('accepted', 'confirmed', 'observed')
                AND report.stripe_customer_id <> ? AND report.mode NOT LIKE 'usage-record%'
                AND CASE ?::text WHEN 'billed' THEN billed_hour(?, ?, metric, report.period_start)
                    ELSE unsold_hour(?, ?, metric, report.period_start) END
            GROUP BY metric HAVING sum(amount) <> 0
            """;

    private final Map<String, Aggregation> aggregations;

    /** @param meters of tallymark.yaml */
    public PeriodUsage(List<Meter> meters) {
        aggregations = meters.stream().collect(Collectors.toUnmodifiableMap(Meter::metric, Meter::aggregation));
    }

    /**
     * Usage of some hours of a metric.
     *
     * @param quantity may be below zero
     * @param start of the first hour that has some
     * @param end of the last one
     */
    record Part(BigDecimal quantity, Instant start, Instant end) {}

    /**
     * What an invoice should show: of each metric the hours that begin where its lines bill, of others those of the whole period, without
     * those in which no item billed it.
     *
     * @return by metric, those that are reported to Stripe; may be below zero, which bills as 0
     */
    Map<String, BigDecimal> of(Connection connection, ClosingInvoice invoice) throws SQLException {
        Stretch period = new Stretch(invoice, "billed");
        Map<String, BigDecimal> used = quantities(connection, period);
        for (Map.Entry<String, ClosingInvoice.Billed> lines : invoice.billed().entrySet()) {
            ClosingInvoice.Billed billed = lines.getValue();
            if (!billed.start().equals(invoice.start()) || !billed.end().equals(invoice.end())) {
                BigDecimal part = quantities(connection, period.between(billed.start(), billed.end()))
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

    /**
     * What is below zero of the stretches that the invoice rates apart: each bills as 0 by itself.
     *
     * @param used what {@link #of} says, in the same snapshot
     */
    List<Credit> credits(Connection connection, ClosingInvoice invoice, Map<String, BigDecimal> used)
            throws SQLException {
        List<Credit> credits = new ArrayList<>();
        for (String metric :
                invoice.metrics().stream().filter(this::addsUp).sorted().toList()) {
            List<ClosingInvoice.Rated> rated = invoice.billed(metric).rated();
            for (ClosingInvoice.Rated part : rated) {
                BigDecimal quantity = rated.size() == 1
                        ? used.getOrDefault(metric, BigDecimal.ZERO)
                        : quantity(connection, invoice, metric, part);
                if (quantity.signum() < 0) {
                    credits.add(new Credit(metric, part.start(), part.end(), quantity));
                }
            }
        }
        return credits;
    }

    private BigDecimal quantity(Connection connection, ClosingInvoice invoice, String metric, ClosingInvoice.Rated part)
            throws SQLException {
        Stretch stretch = new Stretch(invoice, "billed").between(part.start(), part.end());
        BigDecimal told = elsewhere(connection, stretch).getOrDefault(metric, BigDecimal.ZERO);
        return quantities(connection, stretch)
                .getOrDefault(metric, BigDecimal.ZERO)
                .subtract(told);
    }

    /** What was used in hours of the period in which no item of the payer's subscriptions bills it, by metric. */
    Map<String, Part> unsold(Connection connection, ClosingInvoice invoice) throws SQLException {
        Stretch period = new Stretch(invoice, "unsold");
        Map<String, BigDecimal> elsewhere = elsewhere(connection, period);
        Map<String, Part> unsold = new TreeMap<>();
        read(connection, period).forEach((metric, used) -> {
            BigDecimal told = addsUp(metric) ? elsewhere.getOrDefault(metric, BigDecimal.ZERO) : BigDecimal.ZERO;
            BigDecimal quantity = used.quantity().subtract(told);
            if (quantity.signum() != 0) {
                unsold.put(metric, new Part(quantity, used.start(), used.end()));
            }
        });
        return unsold;
    }

    /** What was told of the same hours to other Stripe customers, by metric. */
    Map<String, BigDecimal> elsewhere(Connection connection, ClosingInvoice invoice) throws SQLException {
        Stretch period = new Stretch(invoice, "billed");
        Map<String, BigDecimal> elsewhere = elsewhere(connection, period);
        for (String metric : invoice.billed().keySet()) {
            ClosingInvoice.Billed billed = invoice.billed(metric);
            Map<String, BigDecimal> part = elsewhere(connection, period.between(billed.start(), billed.end()));
            elsewhere.remove(metric);
            Optional.ofNullable(part.get(metric)).ifPresent(told -> elsewhere.put(metric, told));
        }
        return elsewhere;
    }

    private static Map<String, BigDecimal> elsewhere(Connection connection, Stretch stretch) throws SQLException {
        Map<String, BigDecimal> told = new TreeMap<>();
        Sql.query(
                connection,
                row -> told.put(row.getString("metric"), row.getBigDecimal("amount")),
                ELSEWHERE,
                stretch.customerId(),
                stretch.start(),
                stretch.end(),
                stretch.payer(),
                stretch.which(),
                stretch.invoice(),
                stretch.payer(),
                stretch.invoice(),
                stretch.payer());
        return told;
    }

    /**
     * Hours of a customer.
     *
     * @param which {@code billed} by the invoice, {@code unsold}, or {@code all}
     */
    private record Stretch(String customerId, Instant start, Instant end, String which, String invoice, String payer) {
        Stretch(ClosingInvoice invoice, String which) {
            this(
                    invoice.customerId().orElseThrow(),
                    invoice.start(),
                    invoice.end(),
                    which,
                    invoice.id(),
                    invoice.stripeCustomerId());
        }

        Stretch between(Instant from, Instant to) {
            return new Stretch(customerId, from, to, which, invoice, payer);
        }

        Object[] arguments() {
            return new Object[] {
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
                end,
                which,
                invoice,
                payer,
                invoice,
                payer
            };
        }
    }

    /** Whether the quantities of hours add up to the period's. */
    boolean addsUp(String metric) {
        return aggregations.getOrDefault(metric, Aggregation.SUM).addsUp();
    }

    /** The hours that begin in a stretch, by metric; those that are reported to Stripe. */
    public Map<String, BigDecimal> read(Connection connection, String customerId, Instant start, Instant end)
            throws SQLException {
        return quantities(connection, new Stretch(customerId, start, end, "all", "", ""));
    }

    private Map<String, BigDecimal> quantities(Connection connection, Stretch stretch) throws SQLException {
        Map<String, BigDecimal> used = new TreeMap<>();
        read(connection, stretch).forEach((metric, part) -> used.put(metric, part.quantity()));
        return used;
    }

    private Map<String, Part> read(Connection connection, Stretch stretch) throws SQLException {
        Map<String, Part> used = new TreeMap<>();
        Sql.query(
                connection,
                row -> used.put(
                        row.getString("metric"),
                        new Part(
                                quantity(row),
                                Sql.instant(row, "oldest_hour"),
                                Sql.instant(row, "newest_hour").plus(1, ChronoUnit.HOURS))),
                USED,
                stretch.arguments());
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
