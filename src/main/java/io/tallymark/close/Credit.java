package io.tallymark.close;

import java.math.BigDecimal;
import java.time.Instant;

/**
 * Usage below zero: voids took back more than a stretch has, so that Stripe bills it as 0.
 *
 * @param start of the stretch, inside
 * @param end of the stretch, outside
 * @param amount below zero
 */
record Credit(String metric, Instant start, Instant end, BigDecimal amount) {
    /** Of a whole invoice, or of a part of it that had a price of its own. */
    String text(ClosingInvoice invoice) {
        ClosingInvoice.Billed billed = invoice.billed(metric);
        String what = billed.changes().isEmpty() ? "the period" : "the part from " + start + " to " + end;
        return what + " is " + amount.stripTrailingZeros().toPlainString();
    }
}
