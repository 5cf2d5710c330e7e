package io.tallymark.stripe;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An invoice as Stripe knows it, with all its lines. Amounts are in the currency's minor unit, such as cents.
 *
 * @param id {@code in_…}
 * @param customer {@code cus_…}
 * @param subscriptionId {@code sub_…}; empty: of none
 * @param status {@code draft}, {@code open}, {@code paid}, {@code void} or {@code uncollectible}
 * @param billingReason such as {@code subscription_cycle}
 * @param periodStart of the period whose usage it bills, inside
 * @param periodEnd of that period, outside
 * @param autoAdvance whether Stripe finalizes the draft by itself
 * @param finalizesAt when; null: it does not
 * @param finalizedAt null: still a draft
 * @param lines in Stripe's order
 */
public record StripeInvoice(
        String id,
        String customer,
        String subscriptionId,
        String status,
        String billingReason,
        String currency,
        BigDecimal total,
        Instant periodStart,
        Instant periodEnd,
        boolean autoAdvance,
        @Nullable Instant finalizesAt,
        Instant createdAt,
        @Nullable Instant finalizedAt,
        List<StripeInvoiceLine> lines) {
    public StripeInvoice {
        lines = List.copyOf(lines);
    }

    public boolean isDraft() {
        return status.equals("draft");
    }
}
