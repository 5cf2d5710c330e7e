package io.tallymark.preview;

import io.tallymark.catalog.Catalog;
import io.tallymark.catalog.CatalogPrice;
import io.tallymark.rating.Pricing;
import io.tallymark.stripe.StripeBilling;
import io.tallymark.stripe.StripePrice;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What prices charge, each asked for once. The catalog's price is the one that has the lookup key now: a price that lost its key to a
 * successor is charged as Stripe has it.
 */
final class PriceBook {
    private final StripeBilling stripe;
    private final Catalog catalog;
    private final Map<String, SoldPrice> known = new HashMap<>();

    PriceBook(StripeBilling stripe, Catalog catalog) {
        this.stripe = stripe;
        this.catalog = catalog;
    }

    /** @param id {@code price_…} */
    SoldPrice price(String id) {
        return known.computeIfAbsent(
                id,
                asked -> stripe.wholePrice(asked)
                        .map(price -> SoldPrice.of(price, fromCatalog(price)))
                        .orElseGet(() -> SoldPrice.unknown(asked)));
    }

    private @Nullable Pricing fromCatalog(StripePrice price) {
        return catalog.price(price.lookupKey())
                .filter(sold -> sold.currency().equals(price.terms().currency()))
                .map(CatalogPrice::pricing)
                .orElse(null);
    }
}
