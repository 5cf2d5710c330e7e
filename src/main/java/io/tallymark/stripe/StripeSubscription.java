package io.tallymark.stripe;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A subscription as Stripe knows it.
 *
 * @param id {@code sub_…}
 * @param customer {@code cus_…}
 * @param billingMode {@code flexible}, or {@code classic}, which drops usage before a change of price
 * @param currency three letters, lower case
 * @param anchor a boundary of its periods
 * @param startedAt first instant that it bills; may lie before {@code createdAt}
 * @param cancelAt when it will end by itself; null: never
 * @param endedAt null: it goes on
 * @param scheduleId {@code sub_sched_…} that changes it; empty: none
 * @param items at most a few, in Stripe's order
 */
public record StripeSubscription(
        String id,
        String customer,
        String status,
        String billingMode,
        String currency,
        Instant anchor,
        Instant startedAt,
        @Nullable Instant cancelAt,
        @Nullable Instant endedAt,
        Map<String, String> metadata,
        String scheduleId,
        Instant createdAt,
        List<StripeSubscriptionItem> items) {
    private static final Set<String> ENDED = Set.of("canceled", "incomplete_expired");

    public StripeSubscription {
        metadata = Map.copyOf(metadata);
        items = List.copyOf(items);
    }

    /** Whether it still bills, or may again. */
    public boolean isLive() {
        return !ENDED.contains(status);
    }

    public boolean isFlexible() {
        return billingMode.equals("flexible");
    }

    public Optional<Instant> cancellation() {
        return Optional.ofNullable(cancelAt);
    }

    public Optional<Instant> end() {
        return Optional.ofNullable(endedAt);
    }

    /** A value of its metadata; empty without one. */
    public String mark(String key) {
        return metadata.getOrDefault(key, "");
    }
}
