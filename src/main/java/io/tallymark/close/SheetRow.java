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
        @Nullable BigDecimal invoice,
        BigDecimal amount,
        String currency,
        String status,
        @Nullable Instant closedAt,
        @Nullable String closedBy,
        String reasons) {
    /** Whether the figures are one; a fee has none. */
    public boolean agrees() {
        return metric.isEmpty()
                || (same(table, invoice) && same(ledger, invoice) && (stripe == null || same(stripe, invoice)));
    }

    private static boolean same(@Nullable BigDecimal one, @Nullable BigDecimal other) {
        return one != null && other != null && one.max(BigDecimal.ZERO).compareTo(other) == 0;
    }
}
