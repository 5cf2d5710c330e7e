package io.tallymark.chaos;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Time that a fault lasts, or between two looks: there is no condition to wait for. */
public final class Pause {
    public static final Duration POLL = Duration.ofMillis(100);

    private Pause() {}

    public static void of(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
