package io.tallymark.simulator.metering;

import java.time.Instant;

/**
 * A meter event that was answered with 200 and then dropped: what Stripe reports later in {@code error_report_triggered}.
 *
 * @param code Stripe's code, such as {@code meter_event_customer_not_found}
 * @param meterId the meter it was meant for
 * @param identifier the event's identifier
 * @param customer the customer it named
 * @param at by the simulator's clock
 */
public record ErrorEvent(String code, String meterId, String identifier, String customer, Instant at) {}
