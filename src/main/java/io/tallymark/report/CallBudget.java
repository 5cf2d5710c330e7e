package io.tallymark.report;

import java.util.function.LongSupplier;

/** A token bucket: how many calls may be claimed now so that no second sees more than the rate. Single-threaded. */
final class CallBudget {
    private static final double NANOS_PER_SECOND = 1e9;

    private final double callsPerSecond;
    private final double capacity;
    private final LongSupplier nanoClock;
    private double tokens;
    private long refilledNanos;

    /**
     * @param burstSeconds what may be saved up; at least one call always can
     * @param nanoClock monotonic, such as {@link System#nanoTime}
     */
    CallBudget(double callsPerSecond, double burstSeconds, LongSupplier nanoClock) {
        this.callsPerSecond = callsPerSecond;
        this.capacity = Math.max(1, callsPerSecond * burstSeconds);
        this.nanoClock = nanoClock;
        this.tokens = capacity;
        this.refilledNanos = nanoClock.getAsLong();
    }

    int available() {
        long now = nanoClock.getAsLong();
        tokens = Math.min(capacity, tokens + (now - refilledNanos) / NANOS_PER_SECOND * callsPerSecond);
        refilledNanos = now;
        return (int) tokens;
    }

    void spend(int calls) {
        tokens -= calls;
    }
}
