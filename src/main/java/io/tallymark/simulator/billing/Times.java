package io.tallymark.simulator.billing;

import io.tallymark.simulator.call.Params;
import io.tallymark.simulator.call.Refusal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Timestamps of calls: epoch seconds, at most some centuries from now. */
final class Times {
    private static final long LATEST = 32_503_680_000L;

    private Times() {}

    static Optional<Instant> at(Params params, String name) {
        return params.integer(name).map(seconds -> {
            if (seconds < 0 || seconds > LATEST) {
                throw Refusal.badRequest("", name, "Invalid timestamp: must be an integer Unix timestamp.");
            }
            return Instant.ofEpochSecond(seconds);
        });
    }

    /** Stripe's filter of a list by time: {@code created=T}, or {@code created[gt|gte|lt|lte]=T}. */
    static Predicate<Instant> within(Params params, String name) {
        params.allowOnlyWithin(name, List.of("gt", "gte", "lt", "lte"));
        Predicate<Instant> within =
                at(params, name).<Predicate<Instant>>map(at -> at::equals).orElse(any -> true);
        return within.and(bound(params, name + "[gt]", (at, bound) -> at > bound))
                .and(bound(params, name + "[gte]", (at, bound) -> at >= bound))
                .and(bound(params, name + "[lt]", (at, bound) -> at < bound))
                .and(bound(params, name + "[lte]", (at, bound) -> at <= bound));
    }

    private interface Order {
        boolean holds(long at, long bound);
    }

    private static Predicate<Instant> bound(Params params, String name, Order order) {
        Optional<Long> bound = params.integer(name);
        return at -> bound.isEmpty() || order.holds(at.getEpochSecond(), bound.get());
    }
}
