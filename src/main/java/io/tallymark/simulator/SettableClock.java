package io.tallymark.simulator;

import java.time.Duration;
import java.time.Instant;

/** A clock that stands still until it is moved. Thread safe. */
public final class SettableClock implements MovableClock {
    private Instant now;

    public SettableClock(Instant start) {
        now = start;
    }

    @Override
    public synchronized Instant instant() {
        return now;
    }

    public synchronized void set(Instant instant) {
        now = instant;
    }

    @Override
    public synchronized void advance(Duration step) {
        now = now.plus(step);
    }
}
