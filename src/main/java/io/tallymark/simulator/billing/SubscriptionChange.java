package io.tallymark.simulator.billing;

import io.tallymark.simulator.call.Refusal;
import io.tallymark.simulator.catalog.SimulatedPrice;
import io.tallymark.simulator.metering.Rhythm;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * One change of a subscription's items. Licensed items are credited for the time that is left and charged for what comes instead. The
 * usage of a metered item that goes, or gets another price, is billed as it was counted at that moment in flexible mode, and dropped in
 * classic mode. Changes nothing but the subscription that it returns.
 */
final class SubscriptionChange {
    private final Billed billed;
    private final Subscription before;
    private final Terms terms;
    private final boolean reset;
    private final List<SubscriptionItem> items = new ArrayList<>();
    private final List<BilledLine> pending = new ArrayList<>();
    private final Anchor anchor;

    /**
     * When and how it is made.
     *
     * @param at usage is cut here
     * @param prorationAt licensed time is cut here
     * @param behavior Stripe's {@code proration_behavior}
     * @param opening whether periods that begin at this instant are about to be opened, and billed as a whole
     * @param reset whether all periods are to begin anew
     */
    record Terms(Instant at, Instant prorationAt, String behavior, boolean opening, boolean reset) {
        boolean prorates() {
            return !behavior.equals(Proration.NONE);
        }
    }

    /** Who reckons what is billed. */
    record Billed(ItemRules rules, BaseFees fees, MeteredUsage usage, SubscriptionBook book, InvoiceBook invoices) {}

    private SubscriptionChange(Billed billed, Subscription before, List<ItemChange> changes, Terms terms) {
        this.billed = billed;
        this.before = before;
        this.terms = terms;
        // A classic subscription has one interval: with another one its periods begin anew.
        reset = terms.reset() || (!before.flexible() && hasOtherInterval(changes));
        anchor = reset ? Anchor.of(terms.at()) : before.anchor();
    }

    /**
     * The subscription after a change. Periods that begin with it have the same start and end: whoever asked opens them.
     *
     * @throws Refusal when Stripe would refuse it
     */
    static Subscription apply(Billed billed, Subscription before, List<ItemChange> changes, Terms terms) {
        requireOnce(changes);
        SubscriptionChange change = new SubscriptionChange(billed, before, changes, terms);
        for (SubscriptionItem item : before.items()) {
            change.treat(
                    item,
                    changes.stream()
                            .filter(wanted -> wanted.id().equals(item.id()))
                            .findFirst());
        }
        for (ItemChange wanted : changes) {
            change.addIfNew(wanted);
        }
        ItemRules.check(change.items.stream().map(SubscriptionItem::price).toList(), before.flexible());
        return before.withAnchor(change.anchor).withItems(change.items).morePending(change.pending);
    }

    private boolean hasOtherInterval(List<ItemChange> changes) {
        SimulatedPrice present = before.items().get(0).price();
        List<SimulatedPrice> chosen = changes.stream()
                .filter(this::choosesPrice)
                .map(billed.rules()::priceOf)
                .toList();
        boolean allGo = before.items().stream()
                .allMatch(item -> changes.stream()
                        .anyMatch(
                                wanted -> wanted.id().equals(item.id()) && (wanted.deleted() || choosesPrice(wanted))));
        return allGo && !chosen.isEmpty() && chosen.stream().noneMatch(price -> ItemRules.sameInterval(price, present));
    }

    /** Whether it names another price than the item has, or the price of a new item. */
    private boolean choosesPrice(ItemChange wanted) {
        return !wanted.price().isEmpty()
                && before.item(wanted.id())
                        .filter(item -> item.price().id().equals(wanted.price()))
                        .isEmpty();
    }

    private static void requireOnce(List<ItemChange> changes) {
        Set<String> ids = new HashSet<>();
        for (ItemChange wanted : changes) {
            if (!wanted.id().isEmpty() && !ids.add(wanted.id())) {
                throw Refusal.badRequest(
                        "",
                        wanted.param() + "[id]",
                        "Cannot update the subscription item " + wanted.id() + " twice in one request.");
            }
        }
    }

    private void treat(SubscriptionItem item, Optional<ItemChange> wanted) {
        if (wanted.isEmpty()) {
            keep(item);
        } else if (wanted.get().deleted()) {
            remove(item, wanted.get());
        } else {
            alter(item, wanted.get());
        }
    }

    private void keep(SubscriptionItem item) {
        if (!reset) {
            items.add(item);
            return;
        }
        credit(item);
        UsageStretch stretch = UsageStretch.of(before, item, terms.at());
        if (item.isMetered() && !stretch.isEmpty()) {
            bill(billed.usage().lines(stretch));
        }
        items.add(item.inPeriod(terms.at(), terms.at()).withUsageFrom(terms.at()));
    }

    private void remove(SubscriptionItem item, ItemChange wanted) {
        UsageStretch stretch = UsageStretch.of(before, item, terms.at());
        boolean used = item.isLegacy() && billed.usage().counted(stretch).signum() > 0;
        if (used && !before.flexible() && !wanted.clearUsage()) {
            throw Refusal.badRequest(
                    "",
                    wanted.param() + "[deleted]",
                    "Subscription item " + item.id() + " cannot be deleted because it has legacy metered usage. Pass"
                            + " `clear_usage=true` to delete it and its usage.");
        }
        credit(item);
        snapshot(item, wanted);
    }

    private void alter(SubscriptionItem item, ItemChange wanted) {
        SimulatedPrice price =
                wanted.price().isEmpty() || wanted.price().equals(item.price().id())
                        ? item.price()
                        : billed.rules().priceOf(wanted);
        long quantity = ItemRules.quantityOf(wanted, price, Math.max(1, item.quantity()));
        if (wanted.quantity() == null && price.equals(item.price())) {
            quantity = item.quantity();
        }
        Map<String, String> metadata = wanted.metadata() == null ? item.metadata() : wanted.metadata();
        if (price.id().equals(item.price().id()) && quantity == item.quantity()) {
            keep(item.withMetadata(metadata));
            return;
        }
        credit(item);
        items.add(charged(reprice(item, price, quantity, wanted).withMetadata(metadata)));
    }

    private SubscriptionItem reprice(SubscriptionItem item, SimulatedPrice price, long quantity, ItemChange wanted) {
        SubscriptionItem repriced = item.withPrice(price, quantity);
        if (item.isMetered()) {
            snapshot(item, wanted);
        }
        // Classic usage records belong to the item: the whole period is billed at the new price.
        boolean keepsUsage = item.isLegacy() && repriced.isLegacy() && !before.flexible() && !reset;
        if (!keepsUsage) {
            repriced = repriced.withUsageFrom(terms.at());
        }
        if (reset) {
            return repriced.inPeriod(terms.at(), terms.at());
        }
        return ItemRules.sameInterval(item.price(), price) ? repriced : placed(repriced);
    }

    private void addIfNew(ItemChange wanted) {
        if (wanted.id().isEmpty()) {
            SimulatedPrice price = billed.rules().priceOf(wanted);
            SubscriptionItem item = new SubscriptionItem(
                    billed.book().nextItemId(),
                    price,
                    ItemRules.quantityOf(wanted, price, 1),
                    wanted.metadata() == null ? Map.of() : wanted.metadata(),
                    terms.at(),
                    terms.at(),
                    terms.at(),
                    terms.at());
            items.add(charged(placed(item)));
        } else if (before.item(wanted.id()).isEmpty()) {
            throw Refusal.badRequest(
                    "resource_missing", wanted.param() + "[id]", "No such subscription item: '" + wanted.id() + "'");
        }
    }

    /** In the period of its price's rhythm; one that begins right now stays to be opened if the others are. */
    private SubscriptionItem placed(SubscriptionItem item) {
        Rhythm rhythm = anchor.rhythm(item.price());
        if (reset || (terms.opening() && rhythm.isBoundary(terms.at()))) {
            return item.inPeriod(terms.at(), terms.at());
        }
        return item.inPeriod(terms.at(), rhythm.endAfter(terms.at()));
    }

    private SubscriptionItem charged(SubscriptionItem item) {
        if (!item.isMetered() && terms.prorates()) {
            bill(billed.fees().rest(before.withAnchor(anchor), item, terms.prorationAt()));
        }
        return item;
    }

    private void credit(SubscriptionItem item) {
        if (!item.isMetered() && terms.prorates()) {
            bill(billed.fees().credit(before, item, terms.prorationAt()));
        }
    }

    private void snapshot(SubscriptionItem item, ItemChange wanted) {
        UsageStretch stretch = UsageStretch.of(before, item, terms.at());
        boolean kept = before.flexible() && terms.prorates() && !wanted.clearUsage();
        if (item.isMetered() && kept && !stretch.isEmpty()) {
            bill(billed.usage().lines(stretch));
        }
    }

    private void bill(List<BilledLine> lines) {
        Stream<BilledLine> items =
                lines.stream().map(line -> line.asInvoiceItem(billed.invoices().nextItemId()));
        pending.addAll(items.toList());
    }
}
