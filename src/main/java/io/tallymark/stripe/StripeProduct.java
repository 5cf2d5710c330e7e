package io.tallymark.stripe;

import java.time.Instant;
import java.util.Map;

/**
 * A product as Stripe knows it. Texts that it does not have are empty.
 *
 * @param id {@code prod_…}, or one that its creator chose
 * @param unitLabel what a unit is called on invoices
 * @param taxCode {@code txcd_…}
 * @param active whether it is not archived
 * @param defaultPrice {@code price_…}, which cannot be archived as long as it is that
 */
public record StripeProduct(
        String id,
        String name,
        String description,
        String unitLabel,
        String taxCode,
        boolean active,
        String defaultPrice,
        Map<String, String> metadata,
        Instant created) {
    public StripeProduct {
        metadata = Map.copyOf(metadata);
    }
}
