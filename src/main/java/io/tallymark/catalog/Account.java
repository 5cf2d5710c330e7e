package io.tallymark.catalog;

import io.tallymark.stripe.StripeCatalog;
import io.tallymark.stripe.StripeMeter;
import io.tallymark.stripe.StripePrice;
import io.tallymark.stripe.StripeProduct;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What a Stripe account sells at a moment; archived things too, the oldest first. */
public record Account(List<StripeMeter> meters, List<StripeProduct> products, List<StripePrice> prices) {
    public Account {
        meters = List.copyOf(meters);
        products = products.stream()
                .sorted(Comparator.comparing(StripeProduct::created).thenComparing(StripeProduct::id))
                .toList();
        prices = prices.stream()
                .sorted(Comparator.comparing(StripePrice::created).thenComparing(StripePrice::id))
                .toList();
    }

    /** Reads all of it. */
    public static Account read(StripeCatalog stripe) {
        return new Account(stripe.meters(), stripe.products(), stripe.prices());
    }

    Optional<StripeMeter> activeMeter(String eventName) {
        return meters.stream()
                .filter(meter -> meter.active() && meter.eventName().equals(eventName))
                .findFirst();
    }

    Optional<StripeMeter> meter(String id) {
        return meters.stream().filter(meter -> meter.id().equals(id)).findFirst();
    }

    Optional<StripeProduct> product(String id) {
        return products.stream().filter(product -> product.id().equals(id)).findFirst();
    }

    Optional<StripePrice> price(String id) {
        return prices.stream().filter(price -> price.id().equals(id)).findFirst();
    }

    Optional<StripePrice> priceWithLookupKey(String lookupKey) {
        return prices.stream()
                .filter(price -> price.lookupKey().equals(lookupKey))
                .findFirst();
    }
}
