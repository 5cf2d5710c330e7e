package io.tallymark.simulator.billing;

import java.time.Instant;

/**
 * The usage of a metered item from a start to before an end, at the price that the item had then.
 *
 * @param item as it was
 */
record UsageStretch(String customer, String subscription, SubscriptionItem item, Instant start, Instant end)
        implements InvoicePart {
    static UsageStretch of(Subscription subscription, SubscriptionItem item, Instant end) {
        return new UsageStretch(subscription.customer(), subscription.id(), item, item.usageFrom(), end);
    }

    boolean isEmpty() {
        return !start.isBefore(end);
    }
}
