package io.tallymark.catalog;

import io.tallymark.config.ConfigSection;
import io.tallymark.config.Problems;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Reads the products. */
final class ProductReader {
    static final int LONGEST_KEY = 100;
    private static final int LONGEST_NAME = 250;
    private static final int LONGEST_DESCRIPTION = 5_000;
    private static final int LONGEST_UNIT_LABEL = 12;
    private static final int LONGEST_TAX_CODE = 50;

    private final Problems problems;
    private final Keys keys;
    private final Set<String> stripeIds = new HashSet<>();

    ProductReader(Problems problems) {
        this.problems = problems;
        this.keys = new Keys(problems, LONGEST_KEY);
    }

    List<CatalogProduct> read(ConfigSection root) {
        List<CatalogProduct> products = new ArrayList<>();
        for (ConfigSection section : root.sections("products")) {
            products.add(product(section));
            section.finish();
        }
        if (products.isEmpty()) {
            problems.add("products", "is empty: name at least one product");
        }
        return products;
    }

    private CatalogProduct product(ConfigSection section) {
        CatalogProduct product = new CatalogProduct(
                keys.read(section, "key"),
                Texts.required(section, "name", LONGEST_NAME),
                Texts.optional(section, "description", LONGEST_DESCRIPTION),
                Texts.optional(section, "unit-label", LONGEST_UNIT_LABEL),
                Texts.optional(section, "tax-code", LONGEST_TAX_CODE),
                section.text("stripe-id", ""));
        if (!product.stripeId().isEmpty() && !stripeIds.add(product.stripeId())) {
            problems.add(section.key("stripe-id"), product.stripeId() + " is another product's too");
        }
        return product;
    }
}
