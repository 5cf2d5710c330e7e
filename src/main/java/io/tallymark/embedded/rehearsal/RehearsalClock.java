package io.tallymark.embedded.rehearsal;

import io.tallymark.simulator.MovableClock;
import io.tallymark.simulator.MovingClock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The one clock of a rehearsal: it begins at a chosen instant, goes on as fast as the real one, and can be moved. Whoever follows it has
 * been told before {@link #advance} returns. Thread safe.
 */
public final class RehearsalClock implements MovableClock {
    private final InstantSource real;
    private final MovingClock clock;
    private final List<Follower> followers = new CopyOnWriteArrayList<>();

    public RehearsalClock(InstantSource real, Instant beginning) {
        this.real = real;
        clock = new MovingClock(real);
        clock.advance(Duration.between(real.instant(), beginning));
    }

    /** Goes by this clock. */
    @FunctionalInterface
    interface Follower {
        /** @param ahead how far the clock is ahead of the real one; negative when it is behind */
        void moved(Duration ahead);
    }

    @Override
    public Instant instant() {
        return clock.instant();
    }

    /** One move at a time, or two followers could end up at different instants. */
    @Override
    public synchronized void advance(Duration step) {
        // Stripe's side first: it refuses for good what comes from its future.
        clock.advance(step);
        followers.forEach(this::tell);
    }

    synchronized void follow(Follower follower) {
        followers.add(follower);
        tell(follower);
    }

    private void tell(Follower follower) {
        follower.moved(Duration.between(real.instant(), clock.instant()));
    }
}
