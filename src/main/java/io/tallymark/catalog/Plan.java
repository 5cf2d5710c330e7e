package io.tallymark.catalog;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a customer subscribes to: a base fee, and prices for usage.
 *
 * @param key its name
 * @param basePrice lookup key of the fixed fee; null: none
 * @param meteredPrices lookup keys; at most one for a metric
 */
public record Plan(String key, @Nullable String basePrice, List<String> meteredPrices) {
    public Plan {
        meteredPrices = List.copyOf(meteredPrices);
    }

    public Optional<String> base() {
        return Optional.ofNullable(basePrice);
    }

    /** The lookup keys of all items, the base fee first. */
    public List<String> prices() {
        return Stream.concat(base().stream(), meteredPrices.stream()).toList();
    }
}
