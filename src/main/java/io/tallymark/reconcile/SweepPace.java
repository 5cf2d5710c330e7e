package io.tallymark.reconcile;

import io.tallymark.usage.Delivery;
import java.time.Duration;
import java.util.function.LongSupplier;

/** When the sweep may ask Stripe: never faster than its ticks, and hardly at all while Stripe is in trouble. Single-threaded. */
final class SweepPace {
    private static final int FAILURES_THAT_ARE_AN_OUTAGE = 3;
    private static final Duration OUTAGE_PAUSE = Duration.ofMinutes(1);
    private static final Duration SLOW_DOWN_PAUSE = Duration.ofSeconds(10);

    private final LongSupplier nanoClock;
    private long pausedUntilNanos;
    private boolean paused;
    private int failures;
    private int owedTicks;

    /** @param nanoClock monotonic, such as {@link System#nanoTime} */
    SweepPace(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    /** Whether this tick may be used. */
    boolean mayAsk() {
        if (paused && nanoClock.getAsLong() - pausedUntilNanos < 0) {
            return false;
        }
        paused = false;
        if (owedTicks > 0) {
            owedTicks--;
            return false;
        }
        return true;
    }

    /**
     * Takes note of what a tick cost and met.
     *
     * @param calls a tick pays for one; the others are paid by the next ticks
     * @param answered false when Stripe could not be reached
     */
    void asked(int calls, boolean answered, Delivery.Pressure pressure) {
        owedTicks += Math.max(0, calls - 1);
        boolean failed = !answered || pressure == Delivery.Pressure.OUTAGE;
        failures = failed ? failures + 1 : 0;
        if (failures >= FAILURES_THAT_ARE_AN_OUTAGE) {
            pause(OUTAGE_PAUSE);
        } else if (pressure == Delivery.Pressure.SLOW_DOWN) {
            pause(SLOW_DOWN_PAUSE);
        }
    }

    void pause(Duration time) {
        paused = true;
        pausedUntilNanos = nanoClock.getAsLong() + time.toNanos();
    }
}
