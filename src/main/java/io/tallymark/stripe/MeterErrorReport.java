package io.tallymark.stripe;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Stripe's word that meter events which it had answered with 200 were dropped. It is the alarm, not the account: it holds samples, and
 * only summaries prove what is held.
 *
 * @param eventId {@code evt_…}; the same report may be read more than once
 * @param created when Stripe wrote it
 * @param type {@code v1.billing.meter.error_report_triggered} or {@code v1.billing.meter.no_meter_found}
 * @param meterId {@code mtr_…}; empty when no meter was found
 * @param samples some of the dropped events, perhaps none
 */
public record MeterErrorReport(String eventId, Instant created, String type, String meterId, List<Sample> samples) {
    /** Events of a meter were dropped. */
    public static final String ERROR_REPORT_TRIGGERED = "v1.billing.meter.error_report_triggered";
    /** Events named a meter that is not there. */
    public static final String NO_METER_FOUND = "v1.billing.meter.no_meter_found";

    public MeterErrorReport {
        samples = List.copyOf(samples);
    }

    /**
     * One dropped event.
     *
     * @param code Stripe's, such as {@code meter_event_customer_not_found}; new ones may appear
     * @param identifier the event's identifier, or the Idempotency-Key of its call, which begins with it; empty when Stripe names none
     * @param message Stripe's sentence, cleaned and bounded
     */
    public record Sample(String code, String identifier, String message) {
        /** Whether this is an event with the given identifier. */
        public boolean isOf(String reportIdentifier) {
            return identifier.equals(reportIdentifier)
                    || (identifier.startsWith(reportIdentifier + "-")
                            && IdempotencyKeys.isSuffix(identifier.substring(reportIdentifier.length() + 1)));
        }
    }

    /** Reads the full text of one event; empty when it is none of these two types, or not whole. Throws nothing. */
    public static Optional<MeterErrorReport> fromJson(String json) {
        return ReplyJson.parse(json).flatMap(MeterErrorJson::report);
    }
}
