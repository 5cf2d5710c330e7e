package io.tallymark.catalog;

import io.tallymark.catalog.Change.Action;
import io.tallymark.stripe.StripeProduct;
import io.tallymark.usage.UserError;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Plans the products, which are known by the key in their metadata. */
final class ProductPlanner {
    private final Account account;
    private final Marks marks;
    private final List<Change> changes;
    private final Set<String> kept = new HashSet<>();

    ProductPlanner(Account account, Marks marks, List<Change> changes) {
        this.account = account;
        this.marks = marks;
        this.changes = changes;
    }

    /** @return by key */
    Map<String, Ref> plan(List<CatalogProduct> products) {
        Map<String, Ref> refs = new HashMap<>();
        for (CatalogProduct product : products) {
            Optional<StripeProduct> found = find(product);
            found.ifPresentOrElse(known -> update(product, known), () -> create(product));
            found.map(StripeProduct::id).ifPresent(kept::add);
            refs.put(
                    product.key(),
                    new Ref(false, product.key(), found.map(StripeProduct::id).orElse("")));
        }
        return refs;
    }

    /** To be called after the prices were planned: what has a key of ours and is not in the catalog, or is a double. */
    void archiveOthers(List<CatalogProduct> products) {
        Set<String> keys = products.stream().map(CatalogProduct::key).collect(Collectors.toSet());
        for (StripeProduct product : account.products()) {
            Optional<String> key = marks.keyOf(product);
            if (key.isPresent() && product.active() && !kept.contains(product.id())) {
                String why = keys.contains(key.get()) ? "another product has its key" : "not in the catalog any more";
                changes.add(new Change(
                        Action.ARCHIVE,
                        "product " + key.get(),
                        List.of(why + " (" + product.id() + ")"),
                        List.of(),
                        List.of(progress -> progress.stripe()
                                .updateProduct(product.id(), Map.of("active", "false"), Marks.ofArchived(product)))));
            }
        }
    }

    /** Of doubles the one that our prices are of, so that none of them needs a successor. */
    private Optional<StripeProduct> find(CatalogProduct product) {
        if (product.stripeId().isEmpty()) {
            return account.products().stream()
                    .filter(known ->
                            marks.keyOf(known).filter(product.key()::equals).isPresent())
                    .min(Comparator.comparing((StripeProduct known) -> !known.active())
                            .thenComparing(known -> !hasPricesOfOurs(known)));
        }
        StripeProduct named = account.product(product.stripeId())
                .orElseThrow(() -> new UserError(
                        "the catalog's product " + product.key() + " has stripe-id " + product.stripeId()
                                + ", which the account does not have",
                        "correct stripe-id, or remove it to create the product"));
        marks.keyOf(named)
                .filter(key -> !key.equals(product.key()))
                .or(() -> marks.otherCatalog(named.metadata()).map(other -> "part of the catalog " + other))
                .ifPresent(other -> {
                    throw new UserError(
                            "the catalog's product " + product.key() + " has stripe-id " + product.stripeId()
                                    + ", which is " + other + " already",
                            "correct stripe-id, or remove it to create the product");
                });
        return Optional.of(named);
    }

    private boolean hasPricesOfOurs(StripeProduct product) {
        return account.prices().stream()
                .anyMatch(price -> price.active()
                        && price.terms().product().equals(product.id())
                        && marks.keyOf(price).isPresent());
    }

    private void create(CatalogProduct product) {
        Map<String, String> fields = fields(product);
        fields.values().removeIf(String::isEmpty);
        List<String> details = new ArrayList<>();
        fields.forEach((name, value) -> details.add(name + ": " + value));
        changes.add(new Change(
                Action.CREATE,
                "product " + product.key(),
                details,
                List.of(),
                List.of(progress -> progress.productCreated(
                        product.key(), progress.stripe().createProduct(fields, marks.of(product))))));
    }

    private void update(CatalogProduct product, StripeProduct known) {
        InPlace.of(fields(known), fields(product), known.active(), marks.of(product), known.metadata())
                .ifPresent(set -> changes.add(new Change(
                        Action.UPDATE,
                        "product " + product.key(),
                        set.details(),
                        List.of(),
                        List.of(progress -> progress.stripe().updateProduct(known.id(), set.fields(), set.marks())))));
    }

    private static Map<String, String> fields(CatalogProduct product) {
        return fields(product.name(), product.description(), product.unitLabel(), product.taxCode());
    }

    private static Map<String, String> fields(StripeProduct product) {
        return fields(product.name(), product.description(), product.unitLabel(), product.taxCode());
    }

    private static Map<String, String> fields(String name, String description, String unitLabel, String taxCode) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("name", name);
        fields.put("description", description);
        fields.put("unit_label", unitLabel);
        fields.put("tax_code", taxCode);
        return fields;
    }
}
