package io.tallymark.usage;

import java.math.BigDecimal;
import java.time.Instant;

/**
 * One call to Stripe's meter event endpoint.
 *
 * @param identifier at most 100 characters; one identifier, one value, for ever
 * @param eventName {@code event_name} of the Stripe meter
 * @param stripeCustomerId {@code cus_…}
 * @param value at most 15 significant digits
 * @param timestamp whole seconds; at most 35 days old, at most 5 minutes ahead
 */
public record MeterEvent(
        String identifier, String eventName, String stripeCustomerId, BigDecimal value, Instant timestamp) {}
