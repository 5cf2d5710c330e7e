package io.tallymark.catalog;

import io.tallymark.stripe.StripeMeter;
import io.tallymark.stripe.StripePrice;
import io.tallymark.stripe.StripeProduct;
import io.tallymark.usage.Meter;
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
        List<String> changes = new ArrayList<>();
        MeterSpec.of(meters).forEach(spec -> meter(spec, account, changes));
        catalog.products().forEach(product -> product(product, account, changes));
        catalog.prices().forEach(price -> price(price, account, changes));
        return new Drift(changes, notes(catalog, meters, account));
    }

    public boolean isEmpty() {
        return changes.isEmpty();
    }

    private static void meter(MeterSpec spec, Account account, List<String> changes) {
        if (account.activeMeter(spec.eventName()).isPresent()) {
            return;
        }
        account.meters().stream()
                .filter(spec::isMetBy)
                .map(StripeMeter::id)
                .findFirst()
                .ifPresent(id -> changes.add("meter " + spec.eventName() + ": " + id + " was deactivated"));
    }

    private static void product(CatalogProduct product, Account account, List<String> changes) {
        for (StripeProduct known : account.products()) {
            if (Marks.keyOf(known).filter(product.key()::equals).isPresent() && Marks.isChanged(known)) {
                changes.add("product " + product.key() + ": " + known.id() + " is \"" + known.name() + "\""
                        + text(", description \"", known.description()) + text(", unit label \"", known.unitLabel())
                        + text(", tax code \"", known.taxCode()) + (known.active() ? "" : ", archived"));
            }
        }
    }

    private static void price(CatalogPrice price, Account account, List<String> changes) {
        String object = "price " + price.lookupKey() + ": ";
        Optional<StripePrice> holder = account.priceWithLookupKey(price.lookupKey());
        List<StripePrice> ours = account.prices().stream()
                .filter(known ->
                        Marks.keyOf(known).filter(price.lookupKey()::equals).isPresent())
                .toList();
        holder.filter(known -> ours.contains(known) && Marks.isChanged(known))
                .ifPresent(known -> changes.add(object + known.id() + " has now nickname \"" + known.nickname()
                        + "\", tax behavior " + known.taxBehavior() + ", plans \""
                        + String.join(",", Marks.plansOf(known))
                        + "\"" + (known.active() ? "" : ", archived")));
        if (!ours.isEmpty() && holder.isEmpty()) {
            changes.add(object + "no price has the lookup key any more");
        } else if (!ours.isEmpty() && !ours.contains(holder.get())) {
            changes.add(object + "the lookup key was given to " + holder.get().id());
        }
        ours.stream()
                .filter(known -> known.active() && !known.lookupKey().equals(price.lookupKey()))
                .forEach(known -> changes.add(object + known.id() + " is active without the lookup key"));
    }

    private static List<String> notes(Catalog catalog, List<Meter> meters, Account account) {
        List<String> notes = new ArrayList<>();
        List<String> ours = account.products().stream()
                .filter(product -> Marks.keyOf(product).isPresent())
                .map(StripeProduct::id)
                .toList();
        account.prices().stream()
                .filter(price -> price.active() && Marks.keyOf(price).isEmpty())
                .filter(price -> ours.contains(price.terms().product()))
                .forEach(price -> notes.add("price " + price.id() + " was made by hand on a product of the catalog"));
        CatalogPlan plan = CatalogPlan.of(catalog, meters, account);
        if (!plan.isEmpty()) {
            notes.add("not as the catalog says: " + PlanText.count(plan) + "; ./tallymark catalog plan shows it");
        }
        return notes;
    }

    private static String text(String name, String text) {
        return text.isEmpty() ? "" : name + text + "\"";
    }
}
