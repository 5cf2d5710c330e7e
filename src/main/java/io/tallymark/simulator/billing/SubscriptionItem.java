package io.tallymark.simulator.billing;

import io.tallymark.simulator.catalog.SimulatedPrice;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;

/**
 * A price that a subscription bills.
 *
 * @param id {@code si_…}
 * @param quantity 0 for a metered price
 * @param start of the current period
 * @param end of the current period; with it equal to the start the period is still to be opened
 * @param usageFrom from when on usage is still to be billed, at this price
 */
record SubscriptionItem(
        String id,
        SimulatedPrice price,
        long quantity,
        Map<String, String> metadata,
        Instant created,
        Instant start,
        Instant end,
        Instant usageFrom) {
    SubscriptionItem {
        metadata = Map.copyOf(metadata);
    }

    static SimulatedPrice.Recurring recurring(SimulatedPrice price) {
        return Objects.requireNonNull(price.terms().recurring(), "a subscription's price recurs");
    }

    static boolean isMetered(SimulatedPrice price) {
        return recurring(price).usageType().equals(SimulatedPrice.METERED);
    }

    boolean isMetered() {
        return isMetered(price);
    }

    /** Whether it is billed from usage records. */
    boolean isLegacy() {
        return isMetered() && recurring(price).meter().isEmpty();
    }

    SubscriptionItem inPeriod(Instant from, Instant to) {
        return new SubscriptionItem(id, price, quantity, metadata, created, from, to, usageFrom);
    }

    SubscriptionItem withUsageFrom(Instant from) {
        return new SubscriptionItem(id, price, quantity, metadata, created, start, end, from);
    }

    SubscriptionItem withPrice(SimulatedPrice other, long otherQuantity) {
        return new SubscriptionItem(id, other, otherQuantity, metadata, created, start, end, usageFrom);
    }

    SubscriptionItem withMetadata(Map<String, String> other) {
        return new SubscriptionItem(id, price, quantity, other, created, start, end, usageFrom);
    }
}
