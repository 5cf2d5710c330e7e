package io.tallymark.chaos;

import io.tallymark.embedded.traffic.AppendTime;
import java.time.Instant;
import java.util.OptionalLong;

/** Append times that run faster than the clock, so that hours close during a run; they never reach the present. */
public final class SpedUpTime implements AppendTime {
    private final long startMillis;
    private final double factor;
    private final long beganNanos = System.nanoTime();
    private long newest;

    /** @param factor simulated seconds per second */
    public SpedUpTime(Instant start, double factor) {
        this.startMillis = start.toEpochMilli();
        this.newest = startMillis;
        this.factor = factor;
    }

    @Override
    public synchronized long millisOf(long index) {
        long elapsed = (long) ((System.nanoTime() - beganNanos) / 1e6 * factor);
        newest = Math.max(newest, Math.min(startMillis + elapsed, System.currentTimeMillis()));
        return newest;
    }

    /** Not known in advance. */
    @Override
    public OptionalLong closingMillis() {
        return OptionalLong.empty();
    }
}
