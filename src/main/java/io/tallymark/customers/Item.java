package io.tallymark.customers;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A row of {@code billing_item}: which legacy subscription item a customer's usage of a metric goes to.
 *
 * @param subscriptionItemId {@code si_…}
 * @param validFrom first instant
 * @param validTo first instant after it; null: for ever
 */
public record Item(
        String customerId,
        String metric,
        String subscriptionItemId,
        Instant validFrom,
        @Nullable Instant validTo) {
    boolean overlaps(Item other) {
        return isBeforeEndOf(other) && other.isBeforeEndOf(this);
    }

    private boolean isBeforeEndOf(Item other) {
        Instant end = other.validTo;
        return end == null || validFrom.isBefore(end);
    }

    @Override
    public String toString() {
        Instant end = validTo;
        return customerId + " " + metric + " -> " + subscriptionItemId + ", from " + validFrom
                + (end == null ? "" : " to " + end);
    }
}
