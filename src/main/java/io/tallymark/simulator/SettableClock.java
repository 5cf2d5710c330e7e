package io.tallymark.simulator;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that stands still until it is moved. Thread safe. */
public final class SettableClock implements InstantSource {
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

    /** Moves by a duration, back if it is negative. */
    public synchronized void advance(Duration step) {
        now = now.plus(step);
    }
}
