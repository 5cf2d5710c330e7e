package io.tallymark.catalog;

import io.tallymark.catalog.Change.Action;
import io.tallymark.stripe.StripeMeter;
import io.tallymark.stripe.StripePrice;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Plans the prices, which are known by their lookup key. What a price charges never changes: a successor takes the lookup key, and the
 * old price is archived. Before that it is marked, so that an apply which ends in between finds it again.
 */
final class PricePlanner {
    private static final String RUNNING =
            "running subscriptions keep the old price until each is moved to its successor at Stripe";

    private final Account account;
    private final Marks marks;
    private final List<Change> changes;
    private final Map<String, Ref> products;
    private final Map<String, Ref> meters;
    private final Set<String> kept = new HashSet<>();

    /**
     * @param products by key
     * @param meters by event name
     */
    PricePlanner(
            Account account, Marks marks, List<Change> changes, Map<String, Ref> products, Map<String, Ref> meters) {
        this.account = account;
        this.marks = marks;
        this.changes = changes;
        this.products = products;
        this.meters = meters;
    }

    void plan(Catalog catalog) {
        PriceFinder finder = new PriceFinder(account, marks);
        for (CatalogPrice price : catalog.prices()) {
            Map<String, String> wanted = marks.of(price, catalog.plansWith(price.lookupKey()));
            Optional<StripePrice> found = finder.find(price, known -> isSame(price, known));
            if (found.isEmpty()) {
                create(price, wanted);
            } else if (isSame(price, found.get())) {
                update(price, found.get(), wanted);
            } else {
                replace(price, found.get(), wanted);
            }
            found.map(StripePrice::id).ifPresent(kept::add);
        }
        archiveOthers(catalog);
    }

    private boolean isSame(CatalogPrice price, StripePrice known) {
        boolean taxFits = known.taxBehavior().equals(StripePrice.UNSPECIFIED)
                || known.taxBehavior().equals(price.taxBehavior());
        return taxFits && known.foreign().isEmpty() && known.terms().equals(terms(price));
    }

    private void create(CatalogPrice price, Map<String, String> wanted) {
        changes.add(new Change(
                Action.CREATE,
                object(price),
                lines(facts(terms(price))),
                List.of(),
                List.of(progress -> successor(price, wanted, progress))));
    }

    private void replace(CatalogPrice price, StripePrice old, Map<String, String> wanted) {
        List<Step> steps = new ArrayList<>();
        Map<String, String> mark = InPlace.missing(marks.ofReplaced(price.lookupKey()), old.metadata());
        if (!mark.isEmpty()) {
            steps.add(progress -> progress.stripe().updatePrice(old.id(), Map.of(), mark));
        }
        steps.add(progress -> {
            String id = successor(price, wanted, progress);
            boolean sameProduct = product(price).id().equals(old.terms().product());
            retire(old, "", progress, sameProduct ? id : "");
        });
        List<String> details = new ArrayList<>(differences(price, old));
        details.add("replaces " + old.id());
        List<String> warnings = new ArrayList<>(List.of(RUNNING));
        if (!old.foreign().isEmpty()) {
            warnings.add("the old price has " + old.foreign() + ", which the successor will not have");
        }
        changes.add(new Change(Action.REPLACE, object(price), details, warnings, steps));
    }

    private void update(CatalogPrice price, StripePrice known, Map<String, String> wanted) {
        InPlace.of(
                        fields(known.lookupKey(), known.nickname(), known.taxBehavior()),
                        fields(price),
                        known.active(),
                        wanted,
                        known.metadata())
                .ifPresent(set -> changes.add(new Change(
                        Action.UPDATE,
                        object(price),
                        set.details(),
                        List.of(),
                        List.of(progress -> progress.stripe().updatePrice(known.id(), set.fields(), set.marks())))));
    }

    /** What is marked as ours and has not the lookup key: replaced by an apply that did not end, or not in the catalog any more. */
    private void archiveOthers(Catalog catalog) {
        for (StripePrice price : account.prices()) {
            Optional<String> key = marks.keyOf(price);
            if (key.isPresent() && price.active() && !kept.contains(price.id())) {
                boolean replaced = catalog.price(key.get()).isPresent();
                changes.add(new Change(
                        Action.ARCHIVE,
                        "price " + key.get(),
                        List.of((replaced ? "its successor has the lookup key" : "not in the catalog any more") + " ("
                                + price.id() + ")"),
                        List.of(RUNNING),
                        List.of(progress -> retire(price, price.lookupKey(), progress, holderOn(key.get(), price)))));
            }
        }
    }

    /** The price that has a lookup key, if it may be the default price instead of another one; else the empty text. */
    private String holderOn(String lookupKey, StripePrice old) {
        return account.priceWithLookupKey(lookupKey)
                .filter(StripePrice::active)
                .filter(holder -> !holder.id().equals(old.id())
                        && holder.terms().product().equals(old.terms().product()))
                .map(StripePrice::id)
                .orElse("");
    }

    /** @return its id */
    private String successor(CatalogPrice price, Map<String, String> wanted, Progress progress) {
        Ref meter = meter(price);
        Map<String, String> fields = fields(price);
        fields.values().removeIf(String::isEmpty);
        StripePrice.Terms terms =
                Terms.toStripe(price, progress.resolve(product(price)), meter.isNone() ? "" : progress.resolve(meter));
        return progress.stripe().createPrice(terms, fields, wanted).id();
    }

    /**
     * Archives a price. Stripe refuses that while it is its product's default price.
     *
     * @param lookupKey that it has then
     * @param newDefault of the product, if this one was it; empty: none
     */
    private void retire(StripePrice price, String lookupKey, Progress progress, String newDefault) {
        String product = price.terms().product();
        if (account.product(product)
                .filter(known -> known.defaultPrice().equals(price.id()))
                .isPresent()) {
            progress.stripe().updateProduct(product, Map.of("default_price", newDefault), Map.of());
        }
        if (price.active()) {
            progress.stripe().updatePrice(price.id(), Map.of("active", "false"), Marks.ofArchived(price, lookupKey));
        }
    }

    private List<String> differences(CatalogPrice price, StripePrice old) {
        Map<String, String> before = facts(old.terms());
        Map<String, String> after = facts(terms(price));
        before.put("tax_behavior", old.taxBehavior());
        after.put("tax_behavior", price.taxBehavior());
        Set<String> names = new LinkedHashSet<>(before.keySet());
        names.addAll(after.keySet());
        return names.stream()
                .filter(name -> !before.getOrDefault(name, "").equals(after.getOrDefault(name, "")))
                .map(name -> InPlace.change(name, before.getOrDefault(name, ""), after.getOrDefault(name, "")))
                .toList();
    }

    private StripePrice.Terms terms(CatalogPrice price) {
        return Terms.toStripe(price, product(price).idOrName(), meter(price).idOrName());
    }

    private Map<String, String> facts(StripePrice.Terms terms) {
        return TermsText.of(terms, this::productName, this::meterName);
    }

    private String productName(String id) {
        return account.product(id).flatMap(marks::keyOf).orElse(id);
    }

    private String meterName(String id) {
        return account.meter(id)
                .map(meter -> meter.eventName() + (isCurrent(meter) ? "" : " (inactive, " + id + ")"))
                .orElse(id);
    }

    /** Whether prices shall count it. */
    private boolean isCurrent(StripeMeter meter) {
        Ref ref = meters.get(meter.eventName());
        return ref == null ? meter.active() : ref.id().equals(meter.id());
    }

    private Ref product(CatalogPrice price) {
        return products.getOrDefault(price.product(), new Ref(false, price.product(), ""));
    }

    private Ref meter(CatalogPrice price) {
        return price.usage()
                .filter(metered -> !metered.isOfRecords())
                .map(metered -> meters.getOrDefault(metered.eventName(), new Ref(true, metered.eventName(), "")))
                .orElse(Ref.NO_METER);
    }

    private static String object(CatalogPrice price) {
        return "price " + price.lookupKey();
    }

    private static List<String> lines(Map<String, String> facts) {
        return facts.entrySet().stream()
                .map(fact -> fact.getKey() + ": " + fact.getValue())
                .toList();
    }

    private static Map<String, String> fields(CatalogPrice price) {
        return fields(price.lookupKey(), price.nickname(), price.taxBehavior());
    }

    private static Map<String, String> fields(String lookupKey, String nickname, String taxBehavior) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("lookup_key", lookupKey);
        fields.put("nickname", nickname);
        fields.put("tax_behavior", taxBehavior);
        return fields;
    }
}
