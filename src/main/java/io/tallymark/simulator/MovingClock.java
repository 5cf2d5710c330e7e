package io.tallymark.simulator;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;

/** A clock that goes on by itself and can be moved as well: for a simulator that a person works with. Thread safe. */
public final class MovingClock implements MovableClock {
    private final InstantSource source;
    private final AtomicReference<Duration> offset = new AtomicReference<>(Duration.ZERO);

    public MovingClock(InstantSource source) {
        this.source = source;
    }

    @Override
    public Instant instant() {
        return source.instant().plus(offset.get());
    }

    @Override
    public void advance(Duration step) {
        offset.updateAndGet(step::plus);
    }
}
