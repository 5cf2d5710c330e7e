package io.tallymark.simulator.billing;

import io.tallymark.simulator.call.Ids;
import io.tallymark.simulator.call.Refusal;
import io.tallymark.simulator.call.Shelf;
import io.tallymark.simulator.events.AccountEvents;
import io.tallymark.simulator.metering.AggregateUsage;
import io.tallymark.simulator.metering.LegacyItem;
import io.tallymark.simulator.metering.LegacyItems;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The subscriptions as they are now. Usage records are accepted for exactly the legacy items in it. The caller locks it. */
final class SubscriptionBook {
    private final LegacyItems legacy;
    private final AccountEvents events;
    private final Ids ids = new Ids("sub_");
    private final Shelf<Subscription> subscriptions = new Shelf<>();

    SubscriptionBook(LegacyItems legacy, AccountEvents events) {
        this.legacy = legacy;
        this.events = events;
    }

    String nextId() {
        return ids.next();
    }

    String nextItemId() {
        return legacy.nextId();
    }

    void put(Subscription subscription) {
        find(subscription.id())
                .ifPresent(before -> before.items().stream()
                        .filter(SubscriptionItem::isLegacy)
                        .filter(item -> !subscription.isAlive()
                                || subscription
                                        .item(item.id())
                                        .filter(SubscriptionItem::isLegacy)
                                        .isEmpty())
                        .forEach(item -> legacy.close(item.id())));
        if (subscription.isAlive()) {
            subscription.items().stream()
                    .filter(SubscriptionItem::isLegacy)
                    .forEach(item -> legacy.open(legacyItem(subscription, item)));
        }
        subscriptions.put(subscription.id(), subscription);
    }

    private static LegacyItem legacyItem(Subscription subscription, SubscriptionItem item) {
        String aggregate = SubscriptionItem.recurring(item.price()).aggregateUsage();
        return new LegacyItem(
                item.id(),
                subscription.customer(),
                subscription.anchor().rhythm(item.price()).countedFrom(item.created()),
                Arrays.stream(AggregateUsage.values())
                        .filter(value -> value.apiName().equals(aggregate))
                        .findFirst()
                        .orElse(AggregateUsage.SUM),
                false);
    }

    Optional<Subscription> find(String id) {
        return subscriptions.find(id);
    }

    Subscription get(String id) {
        return find(id).orElseThrow(() -> Refusal.noSuch("subscription", id));
    }

    List<Subscription> newestFirst() {
        return subscriptions.newestFirst();
    }

    /** Tells the account what became of a subscription. */
    void announce(String what, Subscription subscription, Instant at) {
        events.emit("customer.subscription." + what, SubscriptionJson.of(subscription), at);
    }
}
