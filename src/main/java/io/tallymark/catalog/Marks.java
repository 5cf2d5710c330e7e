package io.tallymark.catalog;

import io.tallymark.stripe.StripePrice;
import io.tallymark.stripe.StripeProduct;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is written to Stripe's metadata, so that no other state is needed: whose an object is, and a digest of what was applied, by which a
 * change made by hand shows.
 */
final class Marks {
    /** On a product: its key. */
    static final String PRODUCT = "tallymark_product";
    /** On a price: its lookup key, which stays when the key goes to its successor. */
    static final String PRICE = "tallymark_price";
    /** On a price: the plans it is part of, separated by commas. */
    static final String PLANS = "tallymark_plans";

    private static final String APPLIED = "tallymark_applied";
    private static final int DIGEST_CHARACTERS = 16;

    private Marks() {}

    static Optional<String> keyOf(StripeProduct product) {
        return Optional.ofNullable(product.metadata().get(PRODUCT));
    }

    static Optional<String> keyOf(StripePrice price) {
        return Optional.ofNullable(price.metadata().get(PRICE));
    }

    static List<String> plansOf(StripePrice price) {
        String plans = price.metadata().getOrDefault(PLANS, "");
        return plans.isEmpty() ? List.of() : List.of(plans.split(","));
    }

    /** Of a product that sells what the catalog says. */
    static Map<String, String> of(CatalogProduct product) {
        return Map.of(
                PRODUCT,
                product.key(),
                APPLIED,
                digest(product.name(), product.description(), product.unitLabel(), product.taxCode(), "true"));
    }

    /** Of a price that sells what the catalog says. */
    static Map<String, String> of(CatalogPrice price, List<String> plans) {
        String names = String.join(",", plans);
        return Map.of(
                PRICE,
                price.lookupKey(),
                PLANS,
                names,
                APPLIED,
                digest(price.lookupKey(), price.nickname(), price.taxBehavior(), names, "true"));
    }

    /** Of what is archived. */
    static Map<String, String> ofArchived(StripeProduct product) {
        return Map.of(
                APPLIED,
                digest(product.name(), product.description(), product.unitLabel(), product.taxCode(), "false"));
    }

    /** Whether it is not as it was applied last. */
    static boolean isChanged(StripeProduct product) {
        String now = digest(
                product.name(),
                product.description(),
                product.unitLabel(),
                product.taxCode(),
                Boolean.toString(product.active()));
        return isChanged(product.metadata(), now);
    }

    /** Whether it is not as it was applied last. Only to be asked of the price that should have the lookup key. */
    static boolean isChanged(StripePrice price) {
        String now = digest(
                price.lookupKey(),
                price.nickname(),
                price.taxBehavior(),
                price.metadata().getOrDefault(PLANS, ""),
                Boolean.toString(price.active()));
        return isChanged(price.metadata(), now);
    }

    private static boolean isChanged(Map<String, String> metadata, String now) {
        return metadata.containsKey(APPLIED) && !metadata.get(APPLIED).equals(now);
    }

    private static String digest(String... parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (String part : parts) {
                digest.update(part.getBytes(StandardCharsets.UTF_8));
                digest.update((byte) 0);
            }
            return HexFormat.of().formatHex(digest.digest()).substring(0, DIGEST_CHARACTERS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
