package io.tallymark.catalog;

import io.tallymark.stripe.StripeMeter;
import io.tallymark.stripe.StripePrice;
import io.tallymark.stripe.StripeProduct;
import io.tallymark.usage.Meter;
import io.tallymark.usage.UserError;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What somebody changed by hand since the catalog was applied. A catalog that was edited and not applied yet is no drift.
 *
 * @param changes one a line
 * @param notes what is not wrong, but good to know
 */
public record Drift(List<String> changes, List<String> notes) {
    public Drift {
        changes = List.copyOf(changes);
        notes = List.copyOf(notes);
    }

    /**
     * Compares; makes no call.
     *
     * @param meters of tallymark.yaml
     */
    public static Drift of(Catalog catalog, List<Meter> meters, Account account) {
        Comparison comparison = new Comparison(new Marks(catalog.name()), account, new ArrayList<>());
        MeterSpec.of(meters).forEach(comparison::meter);
        account.products().forEach(comparison::product);
        account.prices().forEach(comparison::price);
        catalog.prices().forEach(comparison::lookupKey);
        List<String> notes = comparison.notes();
        notes.addAll(unapplied(catalog, meters, account));
        return new Drift(comparison.changes(), notes);
    }

    /** What somebody did by hand may leave no plan; it is listed all the same. */
    private static List<String> unapplied(Catalog catalog, List<Meter> meters, Account account) {
        try {
            CatalogPlan plan = CatalogPlan.of(catalog, meters, account);
            return plan.isEmpty()
                    ? List.of()
                    : List.of(
                            "not as the catalog says: " + PlanText.count(plan) + "; ./tallymark catalog plan shows it");
        } catch (UserError e) {
            return List.of(e.getMessage() + "; to mend it: " + e.remedy());
        }
    }

    public boolean isEmpty() {
        return changes.isEmpty();
    }

    private record Comparison(Marks marks, Account account, List<String> changes) {
        /** One that fits and is not active was deactivated, whether or not another one took its name since. */
        void meter(MeterSpec spec) {
            Optional<StripeMeter> active = account.activeMeter(spec.eventName());
            if (active.filter(spec::isMetBy).isPresent()) {
                return;
            }
            account.meters().stream()
                    .filter(spec::isMetBy)
                    .map(StripeMeter::id)
                    .findFirst()
                    .ifPresent(id -> changes.add("meter " + spec.eventName() + ": " + id + " was deactivated"
                            + active.map(other -> ", and " + other.id() + " with " + MeterSpec.inWords(other)
                                            + " took its name")
                                    .orElse("")));
        }

        void product(StripeProduct product) {
            marks.keyOf(product)
                    .filter(key -> Marks.isChanged(product))
                    .ifPresent(key -> changes.add("product " + key + ": " + product.id() + inWords(product)));
        }

        private static String inWords(StripeProduct product) {
            if (Marks.isOnlySwitched(product)) {
                return switched(product.active());
            }
            return " is \"" + product.name()
                    + "\"" + text(", description \"", product.description())
                    + text(", unit label \"", product.unitLabel())
                    + text(", tax code \"", product.taxCode())
                    + (product.active() ? "" : ", archived");
        }

        private static String switched(boolean active) {
            return active ? " was made active again" : " was archived";
        }

        /** The lookup key of one that has another by now is looked at from the catalog's side. */
        void price(StripePrice price) {
            marks.keyOf(price)
                    .filter(key -> key.equals(price.lookupKey()) && Marks.isChanged(price))
                    .ifPresent(key -> changes.add("price " + key + ": " + price.id() + inWords(price)));
        }

        private static String inWords(StripePrice price) {
            if (Marks.isOnlySwitched(price)) {
                return switched(price.active());
            }
            return " has now nickname \""
                    + price.nickname() + "\", tax behavior " + price.taxBehavior() + ", plans \""
                    + String.join(",", Marks.plansOf(price)) + "\"" + (price.active() ? "" : ", archived");
        }

        void lookupKey(CatalogPrice price) {
            String object = "price " + price.lookupKey() + ": ";
            Optional<StripePrice> holder = account.priceWithLookupKey(price.lookupKey());
            List<StripePrice> ours = account.prices().stream()
                    .filter(known ->
                            marks.keyOf(known).filter(price.lookupKey()::equals).isPresent())
                    .toList();
            if (holder.isPresent() && !ours.contains(holder.get()) && wasApplied()) {
                changes.add(object + "the lookup key is " + holder.get().id()
                        + "'s, which the catalog did not make or which lost its metadata");
            }
            if (holder.isEmpty() && !ours.isEmpty()) {
                changes.add(object + "no price has the lookup key any more");
            }
            ours.stream()
                    .filter(known -> known.active() && !known.lookupKey().equals(price.lookupKey()))
                    .forEach(known -> changes.add(object + known.id() + " is active without the lookup key"));
            holder.filter(ours::contains)
                    .flatMap(known -> account.product(known.terms().product()))
                    .filter(product -> marks.keyOf(product).isEmpty())
                    .ifPresent(product -> changes.add(object + "its product " + product.id() + " lost its metadata"));
        }

        List<String> notes() {
            List<String> notes = new ArrayList<>();
            List<String> ours = account.products().stream()
                    .filter(product -> marks.keyOf(product).isPresent())
                    .map(StripeProduct::id)
                    .toList();
            account.prices().stream()
                    .filter(price -> price.active() && marks.keyOf(price).isEmpty())
                    .filter(price -> ours.contains(price.terms().product()))
                    .forEach(price ->
                            notes.add("price " + price.id() + " was made by hand on a product of the catalog"));
            return notes;
        }

        private boolean wasApplied() {
            return account.products().stream()
                            .anyMatch(product -> marks.keyOf(product).isPresent())
                    || account.prices().stream()
                            .anyMatch(price -> marks.keyOf(price).isPresent());
        }

        private static String text(String name, String text) {
            return text.isEmpty() ? "" : name + text + "\"";
        }
    }
}
