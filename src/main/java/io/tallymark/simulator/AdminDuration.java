package io.tallymark.simulator;

import io.tallymark.simulator.call.Refusal;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.regex.Pattern;

/** Reads a duration as a person types it: {@code 30h}, {@code 10m}, {@code 60ms} or ISO 8601. */
final class AdminDuration {
    private static final Pattern MILLIS = Pattern.compile("\\d{1,9}ms");
    private static final Pattern SHORT = Pattern.compile("-?\\d{1,9}[dhms]");

    private AdminDuration() {}

    static Duration parse(String param, String text) {
        if (MILLIS.matcher(text).matches()) {
            return Duration.ofMillis(Long.parseLong(text.substring(0, text.length() - 2)));
        }
        try {
            return Duration.parse(SHORT.matcher(text).matches() ? iso(text.toUpperCase(Locale.ROOT)) : text);
        } catch (DateTimeParseException e) {
            throw Refusal.badRequest("", param, "Invalid duration: such as 30h, 10m or PT30H.");
        }
    }

    private static String iso(String text) {
        return text.endsWith("D") ? "P" + text : "PT" + text;
    }
}
