package io.tallymark.simulator.metering;

/** What an error report says of one dropped event. */
final class ErrorMessages {
    private ErrorMessages() {}

    static String of(ErrorEvent event) {
        return switch (event.code()) {
            case "meter_event_customer_not_found" -> "Customer " + event.customer() + " not found.";
            case "archived_meter" -> "The meter " + event.meterId() + " is archived.";
            case "no_meter" -> "No meter listens to the event's name.";
            case "meter_event_no_customer_defined" -> "The event names no customer.";
            case "meter_event_invalid_value" -> "The event's value is no number.";
            case "meter_event_value_too_many_digits" -> "The event's value has more than 15 digits.";
            case "timestamp_too_far_in_past" -> "The event's timestamp is more than 35 days old.";
            case "timestamp_in_future" -> "The event's timestamp is more than 5 minutes ahead.";
            default -> "The event is invalid.";
        };
    }
}
