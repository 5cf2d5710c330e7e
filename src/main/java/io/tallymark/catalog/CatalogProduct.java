package io.tallymark.catalog;

/**
 * A product of catalog.yaml. Texts that it does not have are empty.
 *
 * @param key its name in the file, and in Stripe's metadata
 * @param stripeId the product of the account that becomes this one; empty: the one with the key in its metadata, or a new one
 */
public record CatalogProduct(
        String key, String name, String description, String unitLabel, String taxCode, String stripeId) {}
