package io.tallymark.embedded.rehearsal;

import io.tallymark.simulator.MovableClock;
import io.tallymark.simulator.MovingClock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
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
        /**
         * Gets ready for a move.
         *
         * @param ahead how far the clock will be ahead of the real one; negative when it will be behind
         * @return what makes the follower move, at once
         */
        Move prepare(Duration ahead);
    }

    /** A follower that is ready. Either of the two is called, once. */
    @FunctionalInterface
    interface Move {
        void make();

        /** It does not move after all, and lets go of what it had made ready. */
        default void drop() {}
    }

    @Override
    public Instant instant() {
        return clock.instant();
    }

    /** One move at a time, or two followers could end up at different instants. */
    @Override
    public synchronized void advance(Duration step) {
        Duration ahead = ahead().plus(step);
        Deque<Move> moves = new ArrayDeque<>();
        try {
            followers.forEach(follower -> moves.add(follower.prepare(ahead)));
            // Stripe's side first: it refuses for good what comes from its future.
            clock.advance(step);
            while (!moves.isEmpty()) {
                moves.remove().make();
            }
        } finally {
            moves.forEach(Move::drop);
        }
    }

    synchronized void follow(Follower follower) {
        followers.add(follower);
        follower.prepare(ahead()).make();
    }

    private Duration ahead() {
        return Duration.between(real.instant(), clock.instant());
    }
}
