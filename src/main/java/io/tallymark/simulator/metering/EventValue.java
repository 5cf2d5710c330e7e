package io.tallymark.simulator.metering;

import io.tallymark.simulator.call.Refusal;
import java.math.BigDecimal;
import java.util.regex.Pattern;

/** Reads a meter event's value: a plain decimal, perhaps negative, of at most 15 digits, leading zeros aside. Exact. */
final class EventValue {
    static final int MOST_DIGITS = 15;

    private static final Pattern DECIMAL = Pattern.compile("-?\\d{1,50}(\\.\\d{1,50})?");

    private EventValue() {}

    static BigDecimal parse(String param, String text) {
        if (!DECIMAL.matcher(text).matches()) {
            throw Refusal.badRequest("meter_event_invalid_value", param, "Invalid decimal: " + shortened(text));
        }
        BigDecimal value = new BigDecimal(text);
        if (value.precision() > MOST_DIGITS) {
            throw Refusal.badRequest(
                    "meter_event_value_too_many_digits",
                    param,
                    "The value must have at most " + MOST_DIGITS + " digits: " + shortened(text));
        }
        return value;
    }

    private static String shortened(String text) {
        return text.length() <= 60 ? text : text.substring(0, 60) + "...";
    }
}
