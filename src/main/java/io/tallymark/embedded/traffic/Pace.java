package io.tallymark.embedded.traffic;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/** Spaces turns evenly. A turn that comes late is not waited for, and the ones after it catch up. */
public final class Pace {
    private static final double SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** The longest single wait, so that an interrupt is never overlooked for longer. */
    private static final long MAX_PARK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final double perSecond;
    private final LongSupplier nanoTime;
    private final LongConsumer parkNanos;
    private final long startNanos;
    private long turns;

    Pace(double perSecond, LongSupplier nanoTime, LongConsumer parkNanos) {
        this.perSecond = perSecond;
        this.nanoTime = nanoTime;
        this.parkNanos = parkNanos;
        this.startNanos = nanoTime.getAsLong();
    }

    /** As fast as it goes. */
    public static Pace unlimited() {
        return perSecond(Double.POSITIVE_INFINITY);
    }

    /** That many turns a second from now on. */
    public static Pace perSecond(double perSecond) {
        return new Pace(perSecond, System::nanoTime, LockSupport::parkNanos);
    }

    /**
     * Waits until the next turn is due.
     *
     * @throws InterruptedException when the thread is interrupted before
     */
    void awaitTurn() throws InterruptedException {
        long dueNanos = (long) (turns++ / perSecond * SECOND_NANOS);
        long waitNanos = dueNanos - elapsedNanos();
        while (waitNanos > 0 && !Thread.currentThread().isInterrupted()) {
            parkNanos.accept(Math.min(waitNanos, MAX_PARK_NANOS));
            waitNanos = dueNanos - elapsedNanos();
        }
        if (Thread.interrupted()) {
            throw new InterruptedException("interrupted while waiting for the next turn");
        }
    }

    private long elapsedNanos() {
        return nanoTime.getAsLong() - startNanos;
    }
}
