package io.tallymark.simulator.call;

import java.util.function.LongSupplier;

/**
 * At most so many writes, and so many reads, a second; more get a limiter's 429. Off until set. It goes by real time, not by the
 * simulator's clock, since it limits real callers. Thread safe.
 */
public final class RateLimits implements Handler {
    private final Handler next;
    private final LongSupplier nanoTime;
    private volatile Bucket writes;
    private volatile Bucket reads;

    public RateLimits(Handler next, LongSupplier nanoTime) {
        this.next = next;
        this.nanoTime = nanoTime;
        writes = new Bucket(0, 0);
        reads = new Bucket(0, 0);
    }

    /** 0: no limit. */
    public void limitWrites(int callsPerSecond) {
        writes = new Bucket(callsPerSecond, nanoTime.getAsLong());
    }

    /** 0: no limit. */
    public void limitReads(int callsPerSecond) {
        reads = new Bucket(callsPerSecond, nanoTime.getAsLong());
    }

    @Override
    public ApiReply handle(ApiRequest request) {
        Bucket bucket = request.method().equals("GET") ? reads : writes;
        if (!bucket.take(nanoTime.getAsLong())) {
            throw Refusal.rateLimited("global-rate");
        }
        return next.answer(request);
    }

    /** Tokens that come in evenly; a second's worth at most is saved up. */
    private static final class Bucket {
        private static final double NANOS = 1e9;

        private final int perSecond;
        private double tokens;
        private long filledAt;

        Bucket(int perSecond, long now) {
            if (perSecond < 0) {
                throw new IllegalArgumentException("a limit cannot be negative: " + perSecond);
            }
            this.perSecond = perSecond;
            tokens = perSecond;
            filledAt = now;
        }

        synchronized boolean take(long now) {
            if (perSecond == 0) {
                return true;
            }
            tokens = Math.min(perSecond, tokens + (now - filledAt) / NANOS * perSecond);
            filledAt = now;
            if (tokens < 1) {
                return false;
            }
            tokens--;
            return true;
        }
    }
}
