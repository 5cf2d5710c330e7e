package io.tallymark.report;

import java.util.function.LongSupplier;

/** A token bucket: how many calls may be claimed now so that no second sees more than the rate. Single-threaded. */
final class CallBudget {
    private static final double NANOS_PER_SECOND = 1e9;

    private final double burstSeconds;
    private final LongSupplier nanoClock;
    private double tokens;
    private long refilledNanos;

    /**
     * @param burstSeconds what may be saved up; at least one call always can
     * @param nanoClock monotonic, such as {@link System#nanoTime}
     */
    CallBudget(double burstSeconds, LongSupplier nanoClock) {
        this.burstSeconds = burstSeconds;
        this.nanoClock = nanoClock;
        this.tokens = Double.MAX_VALUE;
        this.refilledNanos = nanoClock.getAsLong();
    }

    /** @param callsPerSecond since the last look */
    int available(double callsPerSecond) {
        long now = nanoClock.getAsLong();
        double capacity = Math.max(1, callsPerSecond * burstSeconds);
        tokens = Math.min(capacity, tokens + (now - refilledNanos) / NANOS_PER_SECOND * callsPerSecond);
        refilledNanos = now;
        return (int) tokens;
    }

    void spend(int calls) {
        tokens -= calls;
    }
}
