package io.tallymark.customers;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A row of {@code billing_customer}.
 *
 * @param customerId subject of the events
 * @param stripeCustomerId {@code cus_…}
 * @param anchor a boundary of the billing periods; null: calendar months, UTC
 * @param interval day, week, month or year
 */
public record Mapping(
        String customerId,
        String stripeCustomerId,
        @Nullable Instant anchor,
        String interval) {
    @Override
    public String toString() {
        Instant boundary = anchor;
        return customerId + " -> " + stripeCustomerId + (boundary == null ? "" : ", periods from " + boundary) + ", by "
                + interval;
    }
}
