package io.tallymark.billing;

import io.tallymark.catalog.Catalog;
import io.tallymark.catalog.Marks;
import io.tallymark.stripe.StripeBilling.ItemChange;
import io.tallymark.stripe.StripePrice;
import io.tallymark.stripe.StripeSubscription;
import io.tallymark.stripe.StripeSubscriptionItem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The way from the items of a subscription to those of a plan: the item of a meter, and that of the base fee, keeps its id and gets
 * another price; what the plan does not have is removed. Items that are not of the catalog and bill no usage of ours stay.
 *
 * @param changes in the plan's order; empty: the items are the plan's
 * @param metrics whose usage so far is billed at a price that ends
 * @param added metrics that nothing of the subscription bills before
 * @param dropped metrics that nothing of it bills afterwards
 * @param quantityByPrice all that the subscription bills afterwards; null for a metered price
 */
record PlanSwitch(
        List<ItemChange> changes,
        Set<String> metrics,
        Set<String> added,
        Set<String> dropped,
        Map<String, @Nullable Long> quantityByPrice) {
    PlanSwitch {
        changes = List.copyOf(changes);
        metrics = Set.copyOf(metrics);
        added = Set.copyOf(added);
        dropped = Set.copyOf(dropped);
    }

    static PlanSwitch of(StripeSubscription subscription, PlanPrices plan, Catalog catalog, MetricNames names) {
        return new Comparison(subscription, catalog, names).to(plan);
    }

    private static final class Comparison {
        private final Catalog catalog;
        private final MetricNames names;
        private final List<StripeSubscriptionItem> ours = new ArrayList<>();
        private final List<ItemChange> changes = new ArrayList<>();
        private final Set<String> metrics = new TreeSet<>();
        private final Set<String> before = new TreeSet<>();
        private final Set<String> after = new TreeSet<>();
        private final Map<String, @Nullable Long> quantityByPrice = new LinkedHashMap<>();

        Comparison(StripeSubscription subscription, Catalog catalog, MetricNames names) {
            this.catalog = catalog;
            this.names = names;
            for (StripeSubscriptionItem item : subscription.items()) {
                if (isOurs(item)) {
                    ours.add(item);
                    names.of(item).ifPresent(before::add);
                } else {
                    quantityByPrice.put(item.priceId(), item.quantity());
                }
            }
        }

        PlanSwitch to(PlanPrices plan) {
            // Those that are there first: of two fixed fees the one that the plan has must not be the one that is
            // replaced.
            List<StripePrice> missing = new ArrayList<>();
            for (StripePrice price : plan.prices()) {
                Optional<StripeSubscriptionItem> same = ours.stream()
                        .filter(item -> item.priceId().equals(price.id()))
                        .findFirst();
                if (same.isPresent()) {
                    keep(same.get());
                } else {
                    missing.add(price);
                }
            }
            missing.forEach(this::replaceOrAdd);
            ours.forEach(this::remove);
            return new PlanSwitch(changes, metrics, less(after, before), less(before, after), quantityByPrice);
        }

        private void keep(StripeSubscriptionItem item) {
            ours.remove(item);
            names.of(item).ifPresent(after::add);
            quantityByPrice.put(item.priceId(), item.quantity());
        }

        private void replaceOrAdd(StripePrice price) {
            Optional<String> metric = names.of(price);
            metric.ifPresent(after::add);
            boolean metered = price.terms().usage() != null;
            Optional<StripeSubscriptionItem> before = ours.stream()
                    .filter(item ->
                            item.isMetered() == metered && names.of(item).equals(metric))
                    .findFirst();
            if (before.isPresent()) {
                ours.remove(before.get());
                changes.add(ItemChange.replace(before.get().id(), price.id()));
                metric.ifPresent(metrics::add);
            } else {
                changes.add(ItemChange.add(price.id()));
            }
            Long one = before.map(StripeSubscriptionItem::quantity).orElse(1L);
            quantityByPrice.put(price.id(), metered ? null : one);
        }

        private void remove(StripeSubscriptionItem item) {
            changes.add(ItemChange.remove(item.id()));
            names.of(item).ifPresent(metrics::add);
        }

        private static Set<String> less(Set<String> some, Set<String> others) {
            Set<String> rest = new TreeSet<>(some);
            rest.removeAll(others);
            return rest;
        }

        private boolean isOurs(StripeSubscriptionItem item) {
            return item.priceMetadata().containsKey(Marks.PRICE)
                    || catalog.price(item.lookupKey()).isPresent()
                    || names.of(item).isPresent();
        }
    }
}
