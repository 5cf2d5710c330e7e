package io.tallymark.close;

import java.time.Instant;
import java.util.List;

/**
 * What came of looking at an invoice.
 *
 * @param customerId whose usage it bills; empty: not mapped
 * @param start of the period, inside
 * @param end of the period, outside
 * @param reasons why it was not let go; what was carried, if it was
 */
public record Closed(
        Decision decision, String invoiceId, String customerId, Instant start, Instant end, List<Reason> reasons) {
    public Closed {
        reasons = List.copyOf(reasons);
    }

    static Closed of(Decision decision, ClosingInvoice invoice, List<Reason> reasons) {
        return new Closed(
                decision, invoice.id(), invoice.customerId().orElse(""), invoice.start(), invoice.end(), reasons);
    }

    /** What was decided. */
    public enum Decision {
        /** Everything is on it: it is final, and its hours are sealed. */
        CLOSED,
        /** It was closed before. */
        WAS_CLOSED,
        /** Nothing is missing, but somebody else keeps the draft from being finalized: it is theirs to let go. */
        READY,
        /** It bills no usage, and is left alone. */
        NOT_OURS,
        /** Something is missing, and it is kept from being finalized. */
        HELD,
        /** Something is missing, and nothing keeps Stripe from finalizing it. */
        NOT_HELD,
        /** Something is still missing at the deadline: somebody must look. */
        OVERDUE,
        /** Somebody else is looking at it: what they find stands. */
        BUSY,
        /** It was finalized although something was missing: what is missing goes to the open period. */
        SHORT;

        /** Whether nothing is left to do. */
        public boolean isGo() {
            return this == CLOSED || this == WAS_CLOSED || this == READY || this == NOT_OURS;
        }
    }
}
