package io.tallymark.catalog;

import io.tallymark.stripe.StripePrice;
import io.tallymark.stripe.StripeProduct;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is written to Stripe's metadata, so that no other state is needed: which catalog an object belongs to, its key there, and a digest
 * of what was applied, by which a change made by hand shows.
 */
public final class Marks {
    /** On a metered price without a meter: the metric whose usage records it bills. */
    public static final String METRIC = "tallymark_metric";

    /** On each object: the catalog's name. */
    static final String CATALOG = "tallymark_catalog";
    /** On a product: its key. */
    static final String PRODUCT = "tallymark_product";
    /** On a price: its lookup key, which stays when the key goes to its successor. */
    public static final String PRICE = "tallymark_price";
    /** On a price: the plans it is part of, separated by commas. */
    static final String PLANS = "tallymark_plans";

    private static final String APPLIED = "tallymark_applied";
    private static final int DIGEST_CHARACTERS = 16;

    private final String catalog;

    /** @param catalog its name */
    Marks(String catalog) {
        this.catalog = catalog;
    }

    /** The key of a product of this catalog. */
    Optional<String> keyOf(StripeProduct product) {
        return isOurs(product.metadata())
                ? Optional.ofNullable(product.metadata().get(PRODUCT))
                : Optional.empty();
    }

    /** The lookup key that a price of this catalog has, or had until its successor took it. */
    Optional<String> keyOf(StripePrice price) {
        return isOurs(price.metadata()) ? Optional.ofNullable(price.metadata().get(PRICE)) : Optional.empty();
    }

    /** The name of another catalog that an object belongs to. */
    Optional<String> otherCatalog(Map<String, String> metadata) {
        return Optional.ofNullable(metadata.get(CATALOG)).filter(name -> !name.equals(catalog));
    }

    static List<String> plansOf(StripePrice price) {
        String plans = price.metadata().getOrDefault(PLANS, "");
        return plans.isEmpty() ? List.of() : List.of(plans.split(","));
    }

    /** Of a product that sells what the catalog says. */
    Map<String, String> of(CatalogProduct product) {
        return Map.of(
                CATALOG,
                catalog,
                PRODUCT,
                product.key(),
                APPLIED,
                digest(product.name(), product.description(), product.unitLabel(), product.taxCode(), "true"));
    }

    /** Of a price that sells what the catalog says. */
    Map<String, String> of(CatalogPrice price, List<String> plans) {
        String names = String.join(",", plans);
        Map<String, String> marks = new LinkedHashMap<>();
        marks.put(CATALOG, catalog);
        marks.put(PRICE, price.lookupKey());
        marks.put(PLANS, names);
        price.usage()
                .filter(CatalogPrice.Metered::isOfRecords)
                .ifPresent(records -> marks.put(METRIC, records.metric()));
        marks.put(APPLIED, digest(price.lookupKey(), price.nickname(), price.taxBehavior(), names, "true"));
        return marks;
    }

    /** Of a price that is about to lose its lookup key. */
    Map<String, String> ofReplaced(String lookupKey) {
        return Map.of(CATALOG, catalog, PRICE, lookupKey);
    }

    static Map<String, String> ofArchived(StripeProduct product) {
        return Map.of(APPLIED, digest(product, false));
    }

    /** @param lookupKey that it has then; empty when its successor took it */
    static Map<String, String> ofArchived(StripePrice price, String lookupKey) {
        return Map.of(APPLIED, digest(price, lookupKey, false));
    }

    /** Whether it is not as it was applied last. */
    static boolean isChanged(StripeProduct product) {
        return isChanged(product.metadata(), digest(product, product.active()));
    }

    /** Whether it is not as it was applied last. Only to be asked of a price that has its lookup key. */
    static boolean isChanged(StripePrice price) {
        return isChanged(price.metadata(), digest(price, price.lookupKey(), price.active()));
    }

    /** Whether nothing of it was changed but that it was archived, or is active again. */
    static boolean isOnlySwitched(StripeProduct product) {
        return isChanged(product) && !isChanged(product.metadata(), digest(product, !product.active()));
    }

    /** As {@link #isOnlySwitched(StripeProduct)}. */
    static boolean isOnlySwitched(StripePrice price) {
        return isChanged(price) && !isChanged(price.metadata(), digest(price, price.lookupKey(), !price.active()));
    }

    private boolean isOurs(Map<String, String> metadata) {
        return catalog.equals(metadata.get(CATALOG));
    }

    /** Without a digest somebody removed it. */
    private static boolean isChanged(Map<String, String> metadata, String now) {
        return !now.equals(metadata.get(APPLIED));
    }

    private static String digest(StripeProduct product, boolean active) {
        return digest(
                product.name(),
                product.description(),
                product.unitLabel(),
                product.taxCode(),
                Boolean.toString(active));
    }

    private static String digest(StripePrice price, String lookupKey, boolean active) {
        return digest(
                lookupKey,
                price.nickname(),
                price.taxBehavior(),
                price.metadata().getOrDefault(PLANS, ""),
                Boolean.toString(active));
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
