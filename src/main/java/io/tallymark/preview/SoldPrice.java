package io.tallymark.preview;

import io.tallymark.catalog.Terms;
import io.tallymark.rating.Pricing;
import io.tallymark.stripe.StripePrice;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A price that a subscription has or had.
 *
 * @param id {@code price_…}
 * @param label lookup key, or id without one
 * @param metered whether usage is billed, ours or not
 * @param catalog how catalog.yaml rates it; null: it does not have it
 * @param stripe how Stripe rates it; null: not in words that we know
 * @param interval {@code day}, {@code week}, {@code month} or {@code year}, with {@code intervalCount}
 */
record SoldPrice(
        String id,
        String label,
        boolean metered,
        @Nullable Pricing catalog,
        @Nullable Pricing stripe,
        String interval,
        long intervalCount) {
    /** One that the account does not have, as on a line without a price. */
    static SoldPrice unknown(String id) {
        return new SoldPrice(id, id, false, null, null, "", 0);
    }

    static SoldPrice of(StripePrice price, @Nullable Pricing catalog) {
        return new SoldPrice(
                price.id(),
                price.lookupKey().isEmpty() ? price.id() : price.lookupKey(),
                price.terms().usage() != null,
                catalog,
                Terms.pricing(price.terms()).orElse(null),
                price.terms().interval(),
                price.terms().intervalCount());
    }

    /** The catalog's word counts, where it has one. */
    Optional<Pricing> pricing() {
        return Optional.ofNullable(catalog == null ? stripe : catalog);
    }
}
