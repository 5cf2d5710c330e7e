package io.tallymark.usage;

import java.math.BigDecimal;
import java.time.Instant;

/**
 * One call that tells Stripe a quantity.
 *
 * @param identifier at most 100 characters; one identifier, one value, for ever
 * @param mode chooses the endpoint: a meter event, or a usage record with its action
 * @param target {@code event_name} of the Stripe meter, or {@code si_…} of the subscription item
 * @param stripeCustomerId {@code cus_…}
 * @param value at most 15 significant digits; a whole number that is not negative for usage records
 * @param timestamp whole seconds; at most 35 days old, at most 5 minutes ahead
 */
public record UsageReport(
        String identifier,
        ReportMode mode,
        String target,
        String stripeCustomerId,
        BigDecimal value,
        Instant timestamp) {}
