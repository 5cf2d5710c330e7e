package io.tallymark.proof;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Waits that may end without their condition, where Awaitility would fail. */
final class Waiting {
    static final Duration POLL = Duration.ofMillis(20);

    private Waiting() {}

    /** Whether the condition came true in time. */
    static boolean until(Callable<Boolean> condition, Duration atMost) throws Exception {
        long startNanos = System.nanoTime();
        while (System.nanoTime() - startNanos < atMost.toNanos()) {
            if (condition.call()) {
                return true;
            }
            pass(POLL);
        }
        return condition.call();
    }

    /** Lets time pass for which there is no condition to look at. */
    static void pass(Duration time) {
        long endNanos = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); left > 0; left = endNanos - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
