package io.tallymark.usage;

/**
 * What came of sending a {@link UsageReport}, or of asking Stripe about it.
 *
 * @param outcome what is known about the report now
 * @param pressure what the reply says about Stripe as a whole
 * @param requestId Stripe's {@code Request-Id}; empty when there was no answer
 * @param detail for a person: status, code and message, or the exception; empty when accepted plainly; never holds a secret
 * @param retryAfterMillis the least wait that Stripe asked for before a retry; 0 when it did not
 */
public record Delivery(Outcome outcome, Pressure pressure, String requestId, String detail, long retryAfterMillis) {
    public Delivery(Outcome outcome, String requestId, String detail, long retryAfterMillis) {
        this(outcome, Pressure.NONE, requestId, detail, retryAfterMillis);
    }

    /** Everything that can be known after a call. */
    public enum Outcome {
        /** Stripe has it: a 2xx, a 400 that says it already had this identifier, or its summaries show it. */
        ACCEPTED,
        /** Stripe will never take it as it is. */
        REJECTED,
        /** Stripe may or may not have it: repeat the same identifier. */
        UNKNOWN,
        /** Stripe may or may not have it, and repeating cannot tell: read back what it holds. */
        DOUBTFUL,
        /** Stripe's summaries show that it never arrived: tell it anew. */
        LOST,
        /** Stripe's summaries show neither: a person must decide. */
        AMBIGUOUS
    }

    /** How Stripe is doing, as far as one reply can tell. */
    public enum Pressure {
        NONE,
        /** Says nothing about today: a reply that Stripe kept from before. */
        STALE,
        /** A rate limit was hit: fewer calls a second. */
        SLOW_DOWN,
        /** No reply, or one of a server in trouble: when these come in a row, calls stop for a while. */
        OUTAGE
    }
}
