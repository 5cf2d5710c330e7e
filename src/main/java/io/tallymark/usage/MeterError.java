package io.tallymark.usage;

import java.time.Instant;
import java.util.List;

/**
 * What Stripe found wrong with usage after it had taken it, from one of its error events.
 *
 * @param eventId Stripe's id of the event, {@code evt_…}
 * @param created when Stripe made it
 * @param code such as {@code meter_event_customer_not_found}
 * @param message Stripe's own words
 * @param identifiers of the samples that Stripe names; never all that are concerned
 */
public record MeterError(String eventId, Instant created, String code, String message, List<String> identifiers) {
    public MeterError {
        identifiers = List.copyOf(identifiers);
    }
}
