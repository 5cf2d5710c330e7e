package io.tallymark.reconcile;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What to reconcile.
 *
 * @param from first hour; null for as far back as Stripe takes usage
 * @param to the hour after the last; null for up to now
 * @param customerId only this customer; null for all
 * @param metric only this metric; null for all
 */
public record Scope(
        @Nullable Instant from,
        @Nullable Instant to,
        @Nullable String customerId,
        @Nullable String metric) {
    public static final Scope ALL = new Scope(null, null, null, null);

    Optional<Instant> start() {
        return Optional.ofNullable(from);
    }

    Optional<Instant> end() {
        return Optional.ofNullable(to);
    }
}
