package io.tallymark.report;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;

/**
 * How many calls may be claimed now, so that a tick that comes late costs no calls and a pause saves up no storm: on average the rate;
 * in no second more than a tenth above it; at each look at most two ticks of it. What a machine that stood still did not begin is caught
 * up as long as reports wait for their turn; silence saves up a second's calls at most. Single-threaded.
 */
final class CallBudget {
    private static final double SECOND_NANOS = 1e9;
    /** Room to catch up. 900 calls a second stay below Stripe's 1,000. */
    private static final double MOST_IN_A_SECOND = 1.1;

    private static final double TICKS_AT_ONCE = 2;
    private static final double MOST_SECONDS_SAVED = 1;
    private static final double MOST_SECONDS_SAVED_WITH_MORE_WAITING = 10;

    private final double largestShare;
    private final LongSupplier nanoClock;
    private final Deque<Spent> window = new ArrayDeque<>();
    private long inWindow;
    private double saved;
    private boolean moreWaiting;
    private long lookedNanos;

    /**
     * @param tick between two looks
     * @param nanoClock monotonic, such as {@link System#nanoTime}
     */
    CallBudget(Duration tick, LongSupplier nanoClock) {
        this.largestShare = TICKS_AT_ONCE * tick.toNanos() / SECOND_NANOS;
        this.nanoClock = nanoClock;
        this.saved = Double.MAX_VALUE;
        this.lookedNanos = nanoClock.getAsLong();
    }

    /** @param callsPerSecond since the last look; at least 1 */
    int available(double callsPerSecond) {
        long now = nanoClock.getAsLong();
        double mostSaved = moreWaiting ? MOST_SECONDS_SAVED_WITH_MORE_WAITING : MOST_SECONDS_SAVED;
        saved = Math.min(mostSaved * callsPerSecond, saved + (now - lookedNanos) / SECOND_NANOS * callsPerSecond);
        lookedNanos = now;
        forgetOld(now);
        double share = Math.max(1, callsPerSecond * largestShare);
        return (int) Math.max(0, Math.min(share, Math.min(saved, callsPerSecond * MOST_IN_A_SECOND - inWindow)));
    }

    /**
     * @param calls begun
     * @param moreWaiting whether reports were left for the next look because of a limit
     */
    void spend(int calls, boolean moreWaiting) {
        this.moreWaiting = moreWaiting;
        if (calls > 0) {
            saved -= calls;
            inWindow += calls;
            window.addLast(new Spent(lookedNanos, calls));
        }
    }

    private void forgetOld(long now) {
        while (!window.isEmpty() && now - window.getFirst().nanos() >= SECOND_NANOS) {
            inWindow -= window.removeFirst().calls();
        }
    }

    private record Spent(long nanos, int calls) {}
}
