package io.tallymark.report;

import java.util.random.RandomGenerator;

/** How long an unknown outcome rests before the same identifier is sent again: doubling with jitter, never less than Stripe asked. */
final class RetryBackoff {
    private static final long BASE_MILLIS = 1_000;
    private static final long CAP_MILLIS = 300_000;
    /** A longer wish of Stripe's is cut: it could not be told from a mistake. */
    private static final long LONGEST_RETRY_AFTER_MILLIS = 3_600_000;

    private static final int DOUBLINGS_TO_CAP = 9;

    private final RandomGenerator random;

    RetryBackoff(RandomGenerator random) {
        this.random = random;
    }

    /**
     * @param attempts calls made so far, at least 1
     * @return between half of the full back-off and all of it, so that a burst spreads out
     */
    long delayMillis(int attempts, long retryAfterMillis) {
        int doublings = Math.min(Math.max(attempts, 1) - 1, DOUBLINGS_TO_CAP);
        long full = Math.min(CAP_MILLIS, BASE_MILLIS << doublings);
        long jittered = full / 2 + random.nextLong(full / 2 + 1);
        return Math.max(jittered, Math.min(retryAfterMillis, LONGEST_RETRY_AFTER_MILLIS));
    }
}
