package io.tallymark.close;

import io.tallymark.database.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads invoices that bill usage from the mirror. */
final class InvoiceReader {
    private static final String SELECT = """
            SELECT invoice.invoice_id, invoice.stripe_customer_id, invoice.status, invoice.auto_advance,
                -- Stripe may take it from an item that was added within the period.
                least(invoice.period_start, (
                    SELECT min(line.period_start) FROM billing_invoice_line AS line
                    WHERE line.invoice_id = invoice.invoice_id AND line.metric IS NOT NULL)) AS period_start,
                invoice.created_at, customer.customer_id, least(invoice.period_end, date_trunc('hour', dropped.before, 'UTC')) AS period_end,
                subscription.ended_at IS NULL
                    -- Or it has ended, and its last period is not billed yet.
                    OR EXISTS (
                        SELECT FROM billing_invoice AS last
                        WHERE last.subscription_id = invoice.subscription_id AND last.status = 'draft'
                            AND last.period_end > invoice.period_end)
                    -- Or its customer has another payer by now, whose subscription goes on.
                    OR EXISTS (
                        SELECT FROM billing_customer AS mapped
                        JOIN billing_subscription AS other ON other.stripe_customer_id = mapped.stripe_customer_id
                        JOIN billing_subscription_item AS item ON item.subscription_id = other.subscription_id
                        WHERE mapped.customer_id = customer.customer_id AND mapped.stripe_customer_id <> invoice.stripe_customer_id
                            AND other.ended_at IS NULL AND item.metric IS NOT NULL AND item.removed_at IS NULL) AS lives,
                -- An invoice of a change in mid-period bills what its lines say; one of a whole period bills every item.
                CASE WHEN invoice.billing_reason <> 'subscription_cycle' AND subscription.ended_at IS NULL THEN '{}'::text[]
                    ELSE ARRAY(SELECT DISTINCT item.metric FROM billing_subscription_item AS item
                      WHERE item.subscription_id = invoice.subscription_id AND item.metric IS NOT NULL
                        AND item.created_at < invoice.period_end
                        AND (item.removed_at IS NULL OR item.removed_at > invoice.period_start)) END AS metrics
            FROM billing_invoice AS invoice
            LEFT JOIN LATERAL (
                -- Whose usage Stripe was told under the payer: of the period, not only as mapped now.
                SELECT subject.customer_id
                FROM (SELECT customer_id, 'infinity'::timestamptz AS until FROM billing_customer
                      WHERE stripe_customer_id = invoice.stripe_customer_id
                      UNION ALL
                      SELECT former.customer_id, former.until FROM billing_former_payer AS former
                      JOIN billing_customer AS mapped ON mapped.customer_id = former.customer_id
                      WHERE former.stripe_customer_id = invoice.stripe_customer_id AND former.until > invoice.period_start) AS subject
                ORDER BY subject.until DESC LIMIT 1) AS customer ON true
            LEFT JOIN billing_subscription AS subscription USING (subscription_id)
            LEFT JOIN LATERAL (
                -- Only of our own cancellation of this subscription.
                SELECT max(seal.sealed_before) AS before FROM billing_seal AS seal
                WHERE seal.customer_id = customer.customer_id AND seal.late = 'drop' AND subscription.ended_at IS NOT NULL
                    AND seal.cause = subscription.subscription_id || ' canceled'
                    AND seal.sealed_before > invoice.period_start AND seal.sealed_before <= invoice.period_end) AS dropped ON true
            """;

    private static final String ONE = SELECT + "WHERE invoice.invoice_id = ?";

    // One of fees only, such as the first of a subscription or one that a person wrote, is nobody's business here.
    private static final String BILLS_USAGE = """
            WHERE (EXISTS (
                    SELECT FROM billing_invoice_line AS line WHERE line.invoice_id = invoice.invoice_id AND line.metric IS NOT NULL)
                OR ((invoice.billing_reason = 'subscription_cycle' OR subscription.ended_at IS NOT NULL)
                    AND invoice.billing_reason <> 'subscription_create' AND EXISTS (
                        SELECT FROM billing_subscription_item AS item
                        WHERE item.subscription_id = invoice.subscription_id AND item.metric IS NOT NULL)))
                AND (?::text IS NULL OR customer.customer_id = ?)
                AND (?::timestamptz IS NULL OR (invoice.period_end > ? AND invoice.period_end <= ?))
            """;

    private static final String TO_CLOSE = SELECT + BILLS_USAGE + """
                AND (invoice.status = 'draft' OR (invoice.status IN ('open', 'paid', 'uncollectible')
                    AND NOT EXISTS (
                        SELECT FROM billing_close AS close WHERE close.invoice_id = invoice.invoice_id AND close.state = 'closed')
                    -- What was final before anyone closed here is as it is.
                    AND (subscription.plan IS NOT NULL OR EXISTS (
                        SELECT FROM billing_close AS close JOIN billing_invoice AS earlier USING (invoice_id)
                        WHERE earlier.subscription_id = invoice.subscription_id))))
            ORDER BY invoice.status = 'draft' DESC, invoice.period_end, invoice.invoice_id
            """;

    private static final String ALL = SELECT + BILLS_USAGE + """
                AND invoice.status <> 'void'
            ORDER BY invoice.period_end, customer.customer_id, invoice.invoice_id
            """;

    private static final String BILLED = """
            SELECT metric, sum(quantity) AS quantity, min(period_start) AS period_start, max(period_end) AS period_end,
                array_agg(DISTINCT period_start ORDER BY period_start) AS starts
            FROM billing_invoice_line
            WHERE invoice_id = ? AND metric IS NOT NULL GROUP BY metric
            """;

    private InvoiceReader() {}

    /**
     * Which invoices.
     *
     * @param customerId null: of all customers
     * @param from their period ends after it; null: whenever
     * @param to their period ends then or before; null with {@code from}
     */
    record Wanted(
            @Nullable String customerId,
            @Nullable Instant from,
            @Nullable Instant to) {
        Object[] arguments() {
            return new @Nullable Object[] {customerId, customerId, from, from, to};
        }
    }

    static Optional<ClosingInvoice> find(Connection connection, String invoiceId) throws SQLException {
        Optional<ClosingInvoice> invoice = Sql.first(connection, InvoiceReader::invoice, ONE, invoiceId);
        return invoice.isEmpty()
                ? invoice
                : withLines(connection, List.of(invoice.get())).stream().findFirst();
    }

    /** Whether an invoice is one that bills usage. */
    static boolean billsUsage(Connection connection, String invoiceId) throws SQLException {
        return !Sql.query(
                        connection,
                        InvoiceReader::invoice,
                        SELECT + BILLS_USAGE + " AND invoice.invoice_id = ?",
                        null,
                        null,
                        null,
                        null,
                        null,
                        invoiceId)
                .isEmpty();
    }

    /** Drafts, and those that were finalized and not closed; oldest period first. */
    static List<ClosingInvoice> toClose(Connection connection, Wanted wanted) throws SQLException {
        return withLines(connection, Sql.query(connection, InvoiceReader::invoice, TO_CLOSE, wanted.arguments()));
    }

    /** All that bill usage, but void ones; oldest period first. */
    static List<ClosingInvoice> all(Connection connection, Wanted wanted) throws SQLException {
        return withLines(connection, Sql.query(connection, InvoiceReader::invoice, ALL, wanted.arguments()));
    }

    private static List<ClosingInvoice> withLines(Connection connection, List<ClosingInvoice> invoices)
            throws SQLException {
        List<ClosingInvoice> complete = new ArrayList<>();
        for (ClosingInvoice invoice : invoices) {
            Map<String, ClosingInvoice.Billed> billed = new HashMap<>();
            Sql.query(
                    connection, row -> billed.put(row.getString("metric"), billed(row, invoice)), BILLED, invoice.id());
            Set<String> metrics = new HashSet<>(invoice.metrics());
            metrics.addAll(billed.keySet());
            complete.add(new ClosingInvoice(
                    invoice.id(),
                    invoice.stripeCustomerId(),
                    invoice.customer(),
                    invoice.status(),
                    invoice.start(),
                    invoice.end(),
                    invoice.autoAdvance(),
                    invoice.createdAt(),
                    billed,
                    metrics,
                    invoice.subscriptionLives()));
        }
        return complete;
    }

    private static ClosingInvoice.Billed billed(ResultSet row, ClosingInvoice invoice) throws SQLException {
        Instant end = Sql.instant(row, "period_end");
        List<Instant> starts = Sql.instants(row, "starts");
        return new ClosingInvoice.Billed(
                row.getBigDecimal("quantity"),
                Sql.instant(row, "period_start"),
                end.isAfter(invoice.end()) ? invoice.end() : end,
                starts.subList(1, starts.size()));
    }

    private static ClosingInvoice invoice(ResultSet row) throws SQLException {
        return new ClosingInvoice(
                row.getString("invoice_id"),
                row.getString("stripe_customer_id"),
                row.getString("customer_id"),
                row.getString("status"),
                Sql.instant(row, "period_start"),
                Sql.instant(row, "period_end"),
                row.getBoolean("auto_advance"),
                Sql.instant(row, "created_at"),
                Map.of(),
                Set.copyOf(Arrays.asList((String[]) row.getArray("metrics").getArray())),
                row.getBoolean("lives"));
    }
}
