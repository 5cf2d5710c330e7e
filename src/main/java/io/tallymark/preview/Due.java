package io.tallymark.preview;

import io.tallymark.stripe.StripeSubscription;
import io.tallymark.stripe.StripeSubscriptionItem;
import java.time.Instant;
import java.util.Optional;

/**
 * What the next invoice of a subscription is for.
 *
 * @param start of the period that it closes, inside
 * @param end of that period, outside
 * @param renews whether another period follows
 */
record Due(Instant start, Instant end, boolean renews) {
    /** Items with a longer interval are not on it. */
    static Due of(StripeSubscription subscription) {
        Instant boundary = subscription.items().stream()
                .map(StripeSubscriptionItem::periodEnd)
                .min(Instant::compareTo)
                .orElseThrow(() -> new IllegalStateException(subscription.id() + " has no items"));
        Optional<Instant> last = subscription.cancellation().filter(end -> !end.isAfter(boundary));
        Instant start = subscription.items().stream()
                .filter(item -> item.periodEnd().equals(boundary))
                .map(StripeSubscriptionItem::periodStart)
                .min(Instant::compareTo)
                .orElseThrow();
        return new Due(start, last.orElse(boundary), last.isEmpty());
    }

    /** The last invoice is for all items. */
    boolean includes(StripeSubscriptionItem item) {
        return !renews || !item.periodEnd().isAfter(end);
    }
}
