package io.tallymark.catalog;

import io.tallymark.catalog.Change.Action;
import io.tallymark.stripe.StripeMeter;
import io.tallymark.stripe.StripePrice;
import io.tallymark.usage.UserError;
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
            "running subscriptions keep the old price until each is moved: ./tallymark subscription change-plan";

    private final Account account;
    private final List<Change> changes;
    private final Map<String, Ref> products;
    private final Map<String, Ref> meters;
    private final Set<String> kept = new HashSet<>();

    /**
     * @param products by key
     * @param meters by event name
     */
    PricePlanner(Account account, List<Change> changes, Map<String, Ref> products, Map<String, Ref> meters) {
        this.account = account;
        this.changes = changes;
        this.products = products;
        this.meters = meters;
    }

    void plan(Catalog catalog) {
        for (CatalogPrice price : catalog.prices()) {
            Map<String, String> marks = Marks.of(price, catalog.plansWith(price.lookupKey()));
            Optional<StripePrice> found = find(price);
            if (found.isEmpty()) {
                create(price, marks);
            } else if (isSame(price, found.get())) {
                update(price, found.get(), marks);
            } else {
                replace(price, found.get(), marks);
            }
            found.map(StripePrice::id).ifPresent(kept::add);
        }
        archiveOthers(catalog);
    }

    private Optional<StripePrice> find(CatalogPrice price) {
        Optional<StripePrice> holder = account.priceWithLookupKey(price.lookupKey());
        if (holder.isPresent()) {
            return holder;
        }
        if (!price.stripeId().isEmpty()) {
            return Optional.of(account.price(price.stripeId())
                    .orElseThrow(() -> new UserError(
                            "the catalog's price " + price.lookupKey() + " has stripe-id " + price.stripeId()
                                    + ", which the account does not have",
                            "correct stripe-id, or remove it to create the price")));
        }
        return account.prices().stream()
                .filter(known -> known.active() && known.lookupKey().isEmpty())
                .filter(known ->
                        Marks.keyOf(known).filter(price.lookupKey()::equals).isPresent())
                .filter(known -> isSame(price, known))
                .findFirst();
    }

    private boolean isSame(CatalogPrice price, StripePrice known) {
        boolean taxFits = known.taxBehavior().equals(StripePrice.UNSPECIFIED)
                || known.taxBehavior().equals(price.taxBehavior());
        return taxFits && known.foreign().isEmpty() && known.terms().equals(terms(price));
    }

    private void create(CatalogPrice price, Map<String, String> marks) {
        changes.add(new Change(
                Action.CREATE, object(price), lines(facts(terms(price))), List.of(), List.of(successor(price, marks))));
    }

    private void replace(CatalogPrice price, StripePrice old, Map<String, String> marks) {
        List<Step> steps = new ArrayList<>();
        Map<String, String> mark = Words.missing(Map.of(Marks.PRICE, price.lookupKey()), old.metadata());
        if (!mark.isEmpty()) {
            steps.add(progress -> progress.stripe().updatePrice(old.id(), Map.of(), mark));
        }
        steps.add(successor(price, marks));
        if (old.active()) {
            steps.add(archive(old.id()));
        }
        changes.add(new Change(Action.REPLACE, object(price), differences(price, old), List.of(RUNNING), steps));
    }

    private void update(CatalogPrice price, StripePrice known, Map<String, String> marks) {
        Map<String, String> before = fields(known.lookupKey(), known.nickname(), known.taxBehavior());
        Map<String, String> changed = fields(price);
        changed.entrySet().removeIf(field -> field.getValue().equals(before.get(field.getKey())));
        List<String> details = new ArrayList<>();
        changed.forEach((name, value) -> details.add(Words.change(name, before.getOrDefault(name, ""), value)));
        if (!known.active()) {
            changed.put("active", "true");
            details.add("archived → active");
        }
        Map<String, String> missing = Words.missing(marks, known.metadata());
        if (changed.isEmpty() && missing.isEmpty()) {
            return;
        }
        if (missing.containsKey(Marks.PLANS)) {
            details.add(Words.change(
                    "plans", String.join(",", Marks.plansOf(known)), missing.getOrDefault(Marks.PLANS, "")));
        } else if (changed.isEmpty()) {
            details.add("metadata: " + String.join(", ", missing.keySet()));
        }
        changes.add(new Change(
                Action.UPDATE,
                object(price),
                details,
                List.of(),
                List.of(progress -> progress.stripe().updatePrice(known.id(), changed, missing))));
    }

    /** What is marked as ours and has not the lookup key: replaced by an apply that did not end, or not in the catalog any more. */
    private void archiveOthers(Catalog catalog) {
        for (StripePrice price : account.prices()) {
            Optional<String> key = Marks.keyOf(price);
            if (key.isPresent() && price.active() && !kept.contains(price.id())) {
                boolean replaced = catalog.price(key.get()).isPresent();
                changes.add(new Change(
                        Action.ARCHIVE,
                        "price " + key.get(),
                        List.of((replaced ? "its successor has the lookup key" : "not in the catalog any more") + " ("
                                + price.id() + ")"),
                        List.of(RUNNING),
                        List.of(archive(price.id()))));
            }
        }
    }

    private Step successor(CatalogPrice price, Map<String, String> marks) {
        Ref product = product(price);
        Ref meter = meter(price);
        Map<String, String> fields = fields(price);
        fields.values().removeIf(String::isEmpty);
        return progress -> progress.stripe()
                .createPrice(
                        Terms.toStripe(price, progress.resolve(product), meter.isNone() ? "" : progress.resolve(meter)),
                        fields,
                        marks);
    }

    private static Step archive(String id) {
        return progress -> progress.stripe().updatePrice(id, Map.of("active", "false"), Map.of());
    }

    private List<String> differences(CatalogPrice price, StripePrice old) {
        Map<String, String> before = facts(old.terms());
        Map<String, String> after = facts(terms(price));
        before.put("tax_behavior", old.taxBehavior());
        after.put("tax_behavior", price.taxBehavior());
        before.put("kind", old.foreign().isEmpty() ? "recurring" : old.foreign());
        after.put("kind", "recurring");
        Set<String> names = new LinkedHashSet<>(before.keySet());
        names.addAll(after.keySet());
        return names.stream()
                .filter(name -> !before.getOrDefault(name, "").equals(after.getOrDefault(name, "")))
                .map(name -> Words.change(name, before.getOrDefault(name, ""), after.getOrDefault(name, "")))
                .toList();
    }

    private StripePrice.Terms terms(CatalogPrice price) {
        return Terms.toStripe(price, product(price).idOrName(), meter(price).idOrName());
    }

    private Map<String, String> facts(StripePrice.Terms terms) {
        return TermsText.of(terms, this::productName, this::meterName);
    }

    private String productName(String id) {
        return account.product(id).flatMap(Marks::keyOf).orElse(id);
    }

    private String meterName(String id) {
        return account.meter(id)
                .map(meter -> meter.eventName() + (isCurrent(meter) ? "" : " (inactive, " + id + ")"))
                .orElse(id);
    }

    private boolean isCurrent(StripeMeter meter) {
        return meter.active()
                && meters.values().stream()
                        .noneMatch(ref -> ref.name().equals(meter.eventName())
                                && !ref.id().equals(meter.id()));
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
