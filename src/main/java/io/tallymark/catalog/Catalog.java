package io.tallymark.catalog;

import java.util.List;
import java.util.Optional;

/**
 * What catalog.yaml sells, checked.
 *
 * @param name tells the objects of one catalog from those of another in the same account
 */
public record Catalog(String name, List<CatalogProduct> products, List<CatalogPrice> prices, List<Plan> plans) {
    public Catalog {
        products = List.copyOf(products);
        prices = List.copyOf(prices);
        plans = List.copyOf(plans);
    }

    public Optional<CatalogPrice> price(String lookupKey) {
        return prices.stream()
                .filter(price -> price.lookupKey().equals(lookupKey))
                .findFirst();
    }

    public Optional<Plan> plan(String key) {
        return plans.stream().filter(plan -> plan.key().equals(key)).findFirst();
    }

    /** The plans that a price is part of, by key. */
    List<String> plansWith(String lookupKey) {
        return plans.stream()
                .filter(plan -> plan.prices().contains(lookupKey))
                .map(Plan::key)
                .sorted()
                .toList();
    }
}
