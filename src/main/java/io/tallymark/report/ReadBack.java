package io.tallymark.report;

import java.math.BigDecimal;
import java.time.Instant;

/**
 * Whether a claim asks Stripe what it holds instead of telling it something, and what it compares the answer with.
 *
 * @param asked false: the report is sent
 * @param heldBefore what Stripe holds in the span if the report never arrived
 * @param start of the span
 * @param end first instant after the span
 */
public record ReadBack(boolean asked, BigDecimal heldBefore, Instant start, Instant end) {
    /** Nothing is asked. */
    public static final ReadBack NONE = new ReadBack(false, BigDecimal.ZERO, Instant.EPOCH, Instant.EPOCH);
}
