package io.tallymark.close;

import java.math.BigDecimal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A line of the month-end sheet: one metric of one invoice, or its fees. Quantities that do not apply are null.
 *
 * @param customer empty: not mapped
 * @param state open, closing or closed
 * @param start of the period, inside
 * @param end of the period, outside
 * @param metric empty: fees
 * @param table what the table says
 * @param ledger balance of {@code reported} over the hours of the period
 * @param stripe what Stripe's summaries say now; null also when Stripe could not be asked
 * @param carried what the other three have, and another period bills: of an invoice that was finalized without it, or below zero
 * @param unsold what the first three have of hours of the period in which no item billed the metric
 * @param invoice quantity on the invoice
 * @param amount on the invoice, in the currency's minor unit
 * @param status of the invoice at Stripe
 * @param closedBy who let it go
 * @param reasons why it is not closed, as of the last look; empty when none
 */
public record SheetRow(
        String customer,
        String invoiceId,
        String state,
        Instant start,
        Instant end,
        String metric,
        @Nullable BigDecimal table,
        @Nullable BigDecimal ledger,
        @Nullable BigDecimal stripe,
        BigDecimal carried,
        BigDecimal unsold,
        @Nullable BigDecimal invoice,
        BigDecimal amount,
        String currency,
        String status,
        @Nullable Instant closedAt,
        @Nullable String closedBy,
        String reasons) {
    /** Whether the figures are one; a fee has none. */
    public boolean agrees() {
        return metric.isEmpty() || (isBilled(table) && isBilled(ledger) && (stripe == null || isBilled(stripe)));
    }

    private boolean isBilled(@Nullable BigDecimal figure) {
        return figure != null
                && invoice != null
                && figure.subtract(carried).subtract(unsold).compareTo(invoice) == 0;
    }
}
