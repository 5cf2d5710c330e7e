package io.tallymark.usage;

import java.time.Instant;

/**
 * Asks what Stripe holds for a customer in a span of time.
 *
 * @param mode as the usage was reported: a meter's event summaries, or the usage record summaries of a subscription item
 * @param target {@code event_name} of the Stripe meter, or {@code si_…} of the subscription item
 * @param stripeCustomerId {@code cus_…}
 * @param start on a full minute; on the hour when asked hour by hour
 * @param end first instant after the span, as aligned as the start
 * @param hourly one value for each hour; otherwise one for the whole span. Usage records are only known by billing period: the answer
 *     is that of the period which holds the start
 */
public record UsageQuestion(
        ReportMode mode, String target, String stripeCustomerId, Instant start, Instant end, boolean hourly) {}
