package io.tallymark.stripe;

import java.math.BigDecimal;
import java.time.Instant;

/**
 * A line of an invoice. Texts that it does not have are empty.
 *
 * @param id {@code il_…}
 * @param itemId {@code si_…}
 * @param priceId {@code price_…}
 * @param amount in the currency's minor unit
 * @param proration whether it settles a change within a period
 * @param periodStart inside
 * @param periodEnd outside
 */
public record StripeInvoiceLine(
        String id,
        String itemId,
        String priceId,
        String description,
        BigDecimal quantity,
        BigDecimal amount,
        boolean proration,
        Instant periodStart,
        Instant periodEnd) {}
