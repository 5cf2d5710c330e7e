package io.tallymark.stripe;

import java.math.BigDecimal;
import java.time.Instant;

/**
 * What Stripe counted for one customer and meter in one window.
 *
 * @param start first instant of the window
 * @param end first instant after it
 * @param value the aggregated value, with the digits that Stripe sent
 */
public record UsageSummary(Instant start, Instant end, BigDecimal value) {}
