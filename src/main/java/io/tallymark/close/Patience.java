package io.tallymark.close;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** How long a command waits for others, in real time, looking again now and then. */
public final class Patience {
    private final Duration most;
    private final Duration between;
    private final LongSupplier nanoClock;
    private final long startNanos;

    private Patience(Duration most, Duration between, LongSupplier nanoClock) {
        this.most = most;
        this.between = between;
        this.nanoClock = nanoClock;
        this.startNanos = nanoClock.getAsLong();
    }

    /**
     * Begins now.
     *
     * @param between looks
     */
    public static Patience of(Duration most, Duration between) {
        return new Patience(most, between, System::nanoTime);
    }

    Duration waited() {
        return Duration.ofNanos(nanoClock.getAsLong() - startNanos);
    }

    /** Waits for the next look; false when patience is at its end. */
    boolean waitForNext() {
        if (waited().compareTo(most) >= 0) {
            return false;
        }
        try {
            // Nobody counts down: it is a pause that Ctrl-C ends.
            boolean unused = new CountDownLatch(1).await(between.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
