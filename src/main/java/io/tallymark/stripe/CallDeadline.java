package io.tallymark.stripe;

import com.stripe.exception.StripeException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * When a call must have ended. Calls that a thread makes for one answer can share a single deadline, so that the answer is there within
 * it however many they are. Thread safe.
 */
final class CallDeadline {
    private final Duration longest;
    private final LongSupplier nanoTime;
    private final ThreadLocal<Long> sharedEndNanos = new ThreadLocal<>();

    CallDeadline(Duration longest, LongSupplier nanoTime) {
        this.longest = longest;
        this.nanoTime = nanoTime;
    }

    /** Runs calls that end together within one deadline. */
    <T> T share(StripeCall<T> calls) throws StripeException {
        sharedEndNanos.set(ownEndNanos());
        try {
            return calls.run();
        } finally {
            sharedEndNanos.remove();
        }
    }

    /** For a call that begins now, by the clock that was given. */
    long endNanos() {
        return Optional.ofNullable(sharedEndNanos.get()).orElseGet(this::ownEndNanos);
    }

    Duration longest() {
        return longest;
    }

    private long ownEndNanos() {
        return nanoTime.getAsLong() + longest.toNanos();
    }
}
