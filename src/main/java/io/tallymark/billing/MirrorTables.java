package io.tallymark.billing;

import io.tallymark.database.Sql;
import io.tallymark.stripe.StripeInvoice;
import io.tallymark.stripe.StripeInvoiceLine;
import io.tallymark.stripe.StripeSubscription;
import io.tallymark.stripe.StripeSubscriptionItem;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes whole objects of Stripe's into the mirror. A row that was read later than the object stays as it is, with all its parts. */
final class MirrorTables {
    private static final String SUBSCRIPTION = """
            INSERT INTO billing_subscription AS known (subscription_id, stripe_customer_id, status, billing_mode, currency,
                billing_anchor, started_at, cancel_at, ended_at, plan, schedule_id, created_at, seen_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, nullif(?, ''), nullif(?, ''), ?, ?)
            ON CONFLICT (subscription_id) DO UPDATE SET
                stripe_customer_id = EXCLUDED.stripe_customer_id, status = EXCLUDED.status, billing_mode = EXCLUDED.billing_mode,
                currency = EXCLUDED.currency, billing_anchor = EXCLUDED.billing_anchor, started_at = EXCLUDED.started_at,
                cancel_at = EXCLUDED.cancel_at, ended_at = EXCLUDED.ended_at, plan = EXCLUDED.plan,
                schedule_id = EXCLUDED.schedule_id, created_at = EXCLUDED.created_at, seen_at = EXCLUDED.seen_at
            WHERE known.seen_at <= EXCLUDED.seen_at
            """;
    private static final String ITEM = """
            INSERT INTO billing_subscription_item (subscription_item_id, subscription_id, price_id, lookup_key, usage_type, meter_id,
                metric, recurring_interval, interval_count, quantity, period_start, period_end, created_at, seen_at)
            VALUES (?, ?, ?, nullif(?, ''), ?, nullif(?, ''), ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (subscription_item_id) DO UPDATE SET
                subscription_id = EXCLUDED.subscription_id, price_id = EXCLUDED.price_id, lookup_key = EXCLUDED.lookup_key,
                usage_type = EXCLUDED.usage_type, meter_id = EXCLUDED.meter_id, metric = EXCLUDED.metric,
                recurring_interval = EXCLUDED.recurring_interval, interval_count = EXCLUDED.interval_count,
                quantity = EXCLUDED.quantity, period_start = EXCLUDED.period_start, period_end = EXCLUDED.period_end,
                created_at = EXCLUDED.created_at, removed_at = NULL, seen_at = EXCLUDED.seen_at
            """;
    private static final String REMOVED = """
            UPDATE billing_subscription_item SET removed_at = ?
            WHERE subscription_id = ? AND removed_at IS NULL AND seen_at < ?
                AND subscription_item_id <> ALL (?)
            """;
    private static final String INVOICE = """
            INSERT INTO billing_invoice AS known (invoice_id, stripe_customer_id, subscription_id, status, billing_reason, currency,
                total, period_start, period_end, auto_advance, finalizes_at, created_at, finalized_at, seen_at)
            VALUES (?, ?, nullif(?, ''), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (invoice_id) DO UPDATE SET
                stripe_customer_id = EXCLUDED.stripe_customer_id, subscription_id = EXCLUDED.subscription_id,
                status = EXCLUDED.status, billing_reason = EXCLUDED.billing_reason, currency = EXCLUDED.currency,
                total = EXCLUDED.total, period_start = EXCLUDED.period_start, period_end = EXCLUDED.period_end,
                auto_advance = EXCLUDED.auto_advance, finalizes_at = EXCLUDED.finalizes_at, created_at = EXCLUDED.created_at,
                finalized_at = EXCLUDED.finalized_at, seen_at = EXCLUDED.seen_at
            WHERE known.seen_at <= EXCLUDED.seen_at
            """;
    private static final String LINE = """
            INSERT INTO billing_invoice_line (invoice_id, line_number, line_id, subscription_item_id, price_id, metric, description,
                quantity, amount, proration, period_start, period_end)
            VALUES (?, ?, ?, nullif(?, ''), nullif(?, ''), ?, ?, ?, ?, ?, ?, ?)
            """;

    private MirrorTables() {}

    /**
     * Writes a subscription and its items; those that it has no more are marked as removed.
     *
     * @param metricByItem without an entry: a fee, or usage that is not ours
     * @param seenAt when it was asked for
     * @return whether it was written
     */
    static boolean write(
            Connection connection, StripeSubscription subscription, Map<String, String> metricByItem, Instant seenAt)
            throws SQLException {
        int written = Sql.update(
                connection,
                SUBSCRIPTION,
                subscription.id(),
                subscription.customer(),
                subscription.status(),
                subscription.billingMode(),
                subscription.currency(),
                subscription.anchor(),
                subscription.startedAt(),
                subscription.cancelAt(),
                subscription.endedAt(),
                subscription.mark(SubscriptionMarks.PLAN),
                subscription.scheduleId(),
                subscription.createdAt(),
                seenAt);
        if (written == 0) {
            return false;
        }
        for (StripeSubscriptionItem item : subscription.items()) {
            write(connection, subscription.id(), item, metricByItem.get(item.id()), seenAt);
        }
        String[] kept =
                subscription.items().stream().map(StripeSubscriptionItem::id).toArray(String[]::new);
        Sql.update(connection, REMOVED, seenAt, subscription.id(), seenAt, connection.createArrayOf("text", kept));
        return true;
    }

    /**
     * Writes an invoice with its lines.
     *
     * @param metricByPrice without an entry: a fee, or usage that is not ours
     * @param seenAt when it was asked for
     * @return whether it was written
     */
    static boolean write(
            Connection connection, StripeInvoice invoice, Map<String, String> metricByPrice, Instant seenAt)
            throws SQLException {
        int written = Sql.update(
                connection,
                INVOICE,
                invoice.id(),
                invoice.customer(),
                invoice.subscriptionId(),
                invoice.status(),
                invoice.billingReason(),
                invoice.currency(),
                invoice.total(),
                invoice.periodStart(),
                invoice.periodEnd(),
                invoice.autoAdvance(),
                invoice.finalizesAt(),
                invoice.createdAt(),
                invoice.finalizedAt(),
                seenAt);
        if (written == 0) {
            return false;
        }
        Sql.update(connection, "DELETE FROM billing_invoice_line WHERE invoice_id = ?", invoice.id());
        int number = 0;
        for (StripeInvoiceLine line : invoice.lines()) {
            number++;
            write(connection, invoice.id(), number, line, metricByPrice.get(line.priceId()));
        }
        return true;
    }

    /** Takes a draft away that Stripe does not have any more. */
    static void removeDraft(Connection connection, String invoiceId, Instant seenAt) throws SQLException {
        Sql.update(
                connection,
                "DELETE FROM billing_invoice WHERE invoice_id = ? AND status = 'draft' AND seen_at <= ?",
                invoiceId,
                seenAt);
    }

    private static void write(
            Connection connection,
            String subscription,
            StripeSubscriptionItem item,
            @Nullable String metric,
            Instant seenAt)
            throws SQLException {
        Sql.update(
                connection,
                ITEM,
                item.id(),
                subscription,
                item.priceId(),
                item.lookupKey(),
                item.usageType(),
                item.meterId(),
                metric,
                item.interval(),
                item.intervalCount(),
                item.quantity(),
                item.periodStart(),
                item.periodEnd(),
                item.createdAt(),
                seenAt);
    }

    private static void write(
            Connection connection, String invoice, int number, StripeInvoiceLine line, @Nullable String metric)
            throws SQLException {
        Sql.update(
                connection,
                LINE,
                invoice,
                number,
                line.id(),
                line.itemId(),
                line.priceId(),
                metric,
                line.description(),
                line.quantity(),
                line.amount(),
                line.proration(),
                line.periodStart(),
                line.periodEnd());
    }
}
