package io.tallymark.usage;

/**
 * What came of sending a {@link MeterEvent}.
 *
 * @param outcome accepted, rejected for good, or unknown
 * @param requestId Stripe's {@code Request-Id}; empty when there was no answer
 * @param detail for a person: status, code and message, or the exception; empty when accepted plainly; never holds a secret
 * @param retryAfterMillis the least wait that Stripe asked for before a retry; 0 when it did not
 */
public record Delivery(Outcome outcome, String requestId, String detail, long retryAfterMillis) {
    /** The three things that can be known after a call. */
    public enum Outcome {
        /** Stripe has it: a 2xx, or a 400 that says it already had this identifier. */
        ACCEPTED,
        /** Stripe will never take it as it is. */
        REJECTED,
        /** Stripe may or may not have it: repeat the same identifier. */
        UNKNOWN
    }
}
