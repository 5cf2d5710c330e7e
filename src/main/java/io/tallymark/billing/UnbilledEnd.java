package io.tallymark.billing;

import io.tallymark.database.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A subscription that has ended, as in Stripe's dashboard without an invoice of what is pending, although usage since its last invoice
 * is in the table: Stripe bills that nowhere. Found in the mirror; one that Stripe does not take usage of any more is old history.
 *
 * @param since end of its last invoice, or its start
 * @param used quantity and metric of each that is not billed, such as {@code 345 of requests}
 */
public record UnbilledEnd(String subscriptionId, String customerId, Instant endedAt, Instant since, String used) {
    /** What to do about it, in the imperative. */
    public static final String REMEDY =
            "bill it by hand in Stripe, with that stretch as the line's period, then ./tallymark stripe-sync; see \"Ended"
                    + " by somebody else\" in docs/subscriptions.md";

    // An invoice that is made with the end, or by the period, bills every item until its end; others what their lines
    // say.
    private static final String ENDED = """
            ended AS (
                SELECT subscription.subscription_id, subscription.stripe_customer_id, customer.customer_id, subscription.ended_at,
                    item.metric, greatest(subscription.started_at, billed.until,
                        CASE WHEN item.created_at > subscription.created_at + interval '1 hour' THEN item.created_at END) AS since
                FROM billing_subscription AS subscription
                JOIN billing_subscription_item AS item USING (subscription_id)
                JOIN billing_customer AS customer USING (stripe_customer_id)
                CROSS JOIN LATERAL (
                    SELECT max(CASE WHEN invoice.billing_reason = 'subscription_cycle'
                                OR invoice.created_at >= subscription.ended_at - interval '1 minute'
                            THEN invoice.period_end ELSE line.period_end END) AS until
                    FROM billing_invoice AS invoice
                    LEFT JOIN billing_invoice_line AS line ON line.invoice_id = invoice.invoice_id AND line.metric = item.metric
                    WHERE invoice.subscription_id = subscription.subscription_id
                        AND invoice.billing_reason <> 'subscription_create') AS billed
                WHERE subscription.status = 'canceled' AND subscription.ended_at > report_now() - interval '35 days'
                    -- Its last invoice may be made a moment later.
                    AND subscription.ended_at < report_now() - interval '10 minutes'
                    AND item.removed_at IS NULL AND item.usage_type = 'metered' AND item.metric IS NOT NULL
                    AND (?::text IS NULL OR subscription.stripe_customer_id = ?))
            """;

    private static final String USED = """
            used AS (
                SELECT metric, customer_id, period_start AS hour, quantity FROM usage_hourly
                UNION ALL SELECT metric, customer_id, to_hour, amount FROM billing_carry
                UNION ALL SELECT metric, customer_id, from_hour, -amount FROM billing_carry)
            """;

    private static final String LOST = "WITH " + ENDED + ", " + USED + """
            , lost AS (
                SELECT subscription_id, ended.stripe_customer_id, customer_id, ended_at, since, metric, sum(quantity) AS quantity
                FROM ended JOIN used USING (metric, customer_id)
                WHERE hour >= since AND hour < ended_at
                    -- What our own cancellation dropped, it has said.
                    AND NOT EXISTS (
                        SELECT FROM billing_change AS change
                        WHERE change.subscription_id = ended.subscription_id AND change.kind LIKE 'cancel %'
                            AND hour >= date_trunc('hour', change.changed_at, 'UTC'))
                    AND NOT EXISTS (
                        SELECT FROM billing_subscription AS other JOIN billing_subscription_item AS item USING (subscription_id)
                        WHERE other.stripe_customer_id = ended.stripe_customer_id AND item.metric = ended.metric
                            AND other.subscription_id <> ended.subscription_id
                            AND other.started_at <= hour AND (other.ended_at IS NULL OR other.ended_at > hour))
                GROUP BY 1, 2, 3, 4, 5, 6 HAVING sum(quantity) <> 0)
            SELECT subscription_id, customer_id, ended_at, min(since) AS since,
                string_agg(CASE WHEN mode = 'period-total' THEN metric ELSE trim_scale(quantity) || ' of ' || metric END, ', '
                    ORDER BY metric) AS used
            FROM lost LEFT JOIN reported_meter USING (metric)
            WHERE NOT EXISTS (
                -- What a person billed for that stretch, or wrote off with a line of 0.
                SELECT FROM billing_invoice AS invoice JOIN billing_invoice_line AS line USING (invoice_id)
                WHERE invoice.stripe_customer_id = lost.stripe_customer_id AND invoice.created_at >= ended_at
                    AND invoice.status <> 'void' AND line.subscription_item_id IS NULL AND NOT line.proration
                    AND line.period_start < ended_at AND line.period_end > since)
            GROUP BY subscription_id, customer_id, ended_at
            ORDER BY ended_at, subscription_id
            """;

    /** @param stripeCustomerId null: of all mapped customers */
    public static List<UnbilledEnd> find(Connection connection, @Nullable String stripeCustomerId) throws SQLException {
        return Sql.query(connection, UnbilledEnd::of, LOST, stripeCustomerId, stripeCustomerId);
    }

    /** One sentence. */
    public String text() {
        return subscriptionId + " of " + customerId + " ended " + endedAt + " without an invoice of its usage since "
                + since + ", which is billed nowhere: " + used;
    }

    private static UnbilledEnd of(ResultSet row) throws SQLException {
        return new UnbilledEnd(
                row.getString("subscription_id"),
                row.getString("customer_id"),
                Sql.instant(row, "ended_at"),
                Sql.instant(row, "since"),
                row.getString("used"));
    }
}
