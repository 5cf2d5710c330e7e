package io.tallymark.billing;

import io.tallymark.database.Sql;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Usage of a mapped customer in hours in which no subscription of theirs billed the metric, as before the first one, after the last, or
 * beside the plan. Found in the table and the mirror, for as long as Stripe takes usage of an hour.
 *
 * @param quantity sum of the hours
 * @param addsUp whether that is what would be billed; a metric that goes by periods may be a maximum
 * @param hours how many
 * @param first start of the first of them
 * @param last start of the last of them
 */
public record UnbilledUsage(
        String customerId,
        String metric,
        BigDecimal quantity,
        boolean addsUp,
        long hours,
        Instant first,
        Instant last) {
    /** What to do about it, in the imperative. */
    public static final String REMEDY =
            "./tallymark subscription create --customer C --plan P, or a plan that has the metric, for what comes; bill what is"
                    + " past by hand, or write it off: \"Usage that no subscription bills\" in docs/subscriptions.md";

    // A subscription that was made with the start of its hour bills that hour whole; an item that joined later, as far
    // as Stripe was told.
    // After a cancellation at an hour's end the next hour is not billed, although Stripe ended it some seconds later.
    private static final String FIND = """
            WITH payer AS (
                SELECT customer_id, stripe_customer_id FROM billing_customer
                UNION SELECT customer_id, stripe_customer_id FROM former_mapping),
            billed AS MATERIALIZED (
                SELECT payer.customer_id, item.metric, subscription.ended_at,
                    date_trunc('hour', CASE WHEN item.created_at > subscription.created_at + interval '1 hour'
                        THEN item.created_at ELSE subscription.started_at END, 'UTC') AS since,
                    least(subscription.ended_at, item.removed_at) AS until
                FROM billing_subscription AS subscription JOIN payer USING (stripe_customer_id)
                JOIN billing_subscription_item AS item USING (subscription_id)
                WHERE item.metric IS NOT NULL AND subscription.status <> 'incomplete_expired'),
            used AS (
                SELECT metric, customer_id, period_start AS hour, quantity FROM usage_hourly
                WHERE quantity <> 0 AND period_start > report_now() - interval '35 days' AND (?::text IS NULL OR customer_id = ?)
                UNION ALL SELECT metric, customer_id, to_hour, amount FROM billing_carry
                UNION ALL SELECT metric, customer_id, from_hour, -amount FROM billing_carry),
            unbilled AS (
                SELECT metric, customer_id, hour, sum(quantity) AS quantity
                FROM used JOIN reported_meter USING (metric) JOIN billing_customer USING (customer_id)
                WHERE hour > report_now() - interval '35 days' AND (?::text IS NULL OR customer_id = ?) AND NOT EXISTS (
                    SELECT FROM billed
                    WHERE billed.customer_id = used.customer_id AND billed.metric = used.metric
                        AND since <= hour AND (until IS NULL OR until > hour)
                        AND NOT EXISTS (
                            SELECT FROM billing_seal AS cut
                            WHERE cut.customer_id = used.customer_id AND cut.metric = used.metric AND cut.late = 'drop'
                                AND cut.sealed_before <= hour AND cut.sealed_before > ended_at - interval '1 hour'))
                GROUP BY metric, customer_id, hour HAVING sum(quantity) <> 0)
            SELECT customer_id, metric, trim_scale(sum(quantity)) AS quantity, mode <> 'period-total' AS adds_up, count(*) AS hours, min(hour) AS first, max(hour) AS last
            FROM unbilled JOIN reported_meter USING (metric)
            WHERE hour >= coalesce(?::timestamptz, '-infinity') AND hour < coalesce(?::timestamptz, 'infinity') AND NOT EXISTS (
                -- What a person billed for that stretch, or wrote off with a line of 0.
                SELECT FROM payer JOIN billing_invoice AS invoice USING (stripe_customer_id)
                JOIN billing_invoice_line AS line USING (invoice_id)
                WHERE payer.customer_id = unbilled.customer_id AND invoice.status <> 'void'
                    AND line.subscription_item_id IS NULL AND NOT line.proration
                    AND line.period_start <= hour AND line.period_end > hour)
            GROUP BY customer_id, metric, mode ORDER BY customer_id, metric
            """;

    /**
     * Looks in the mirror, as it was last read.
     *
     * @param customerId null: of all mapped customers
     * @param from only hours that began then or later; null: all
     * @param before only hours that began before it; null: all
     */
    public static List<UnbilledUsage> find(
            Connection connection, @Nullable String customerId, @Nullable Instant from, @Nullable Instant before)
            throws SQLException {
        return Sql.query(
                connection, UnbilledUsage::of, FIND, customerId, customerId, customerId, customerId, from, before);
    }

    /** One sentence. */
    public String text() {
        return customerId + " used " + (addsUp ? quantity.toPlainString() + " of " + metric : metric) + " in "
                + (hours == 1 ? "the hour from " + first : hours + " hours from " + first + " to " + last)
                + ", and no subscription bills it";
    }

    private static UnbilledUsage of(ResultSet row) throws SQLException {
        return new UnbilledUsage(
                row.getString("customer_id"),
                row.getString("metric"),
                row.getBigDecimal("quantity"),
                row.getBoolean("adds_up"),
                row.getLong("hours"),
                Sql.instant(row, "first"),
                Sql.instant(row, "last"));
    }
}
