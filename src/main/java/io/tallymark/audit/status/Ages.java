package io.tallymark.audit.status;

import java.time.Duration;
import java.time.Instant;

/** Ages in one unit, as short as a person reads them: {@code 12s}, {@code 3m}, {@code 5h}, {@code 9d}. */
final class Ages {
    private Ages() {}

    static String between(Instant then, Instant now) {
        Duration age = Duration.between(then, now);
        if (age.isNegative()) {
            return "0s";
        }
        if (age.toSeconds() < 120) {
            return age.toSeconds() + "s";
        }
        if (age.toMinutes() < 120) {
            return age.toMinutes() + "m";
        }
        return age.toHours() < 48 ? age.toHours() + "h" : age.toDays() + "d";
    }
}
