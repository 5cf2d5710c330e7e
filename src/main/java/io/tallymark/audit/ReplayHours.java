package io.tallymark.audit;

import io.tallymark.usage.BillingHour;
import io.tallymark.usage.UserError;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/**
 * The hours that a replay is asked for, half open.
 *
 * @param first first hour
 * @param end the hour after the last
 */
public record ReplayHours(BillingHour first, BillingHour end) {
    private static final String EXAMPLE =
            "name a whole UTC hour such as 2026-03-01T13:00Z, or a day such as 2026-03-01";

    public ReplayHours {
        if (first.compareTo(end) >= 0) {
            throw new UserError(
                    "--from " + first + " is not before --to " + end, "--to names the hour after the last; swap them?");
        }
    }

    /**
     * Reads both ends: RFC 3339 with seconds optional, or a date for its first hour in UTC.
     *
     * @throws UserError when one is no time, not on the hour, or they are the wrong way round
     */
    public static ReplayHours parse(String from, String to) {
        return new ReplayHours(hour("--from", from), hour("--to", to));
    }

    private static BillingHour hour(String flag, String text) {
        Instant instant = instant(flag, text);
        BillingHour hour = BillingHour.containing(instant);
        if (!hour.start().equals(instant)) {
            throw new UserError(flag + " " + text + " is not on the hour", EXAMPLE);
        }
        return hour;
    }

    private static Instant instant(String flag, String text) {
        try {
            if (text.length() == "2026-03-01".length()) {
                return LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
            }
            boolean hourOnly = text.length() == "2026-03-01T13".length();
            return OffsetDateTime.parse(hourOnly ? text + ":00Z" : text).toInstant();
        } catch (DateTimeException e) {
            throw new UserError(flag + " " + text + " is no time with a zone", EXAMPLE, e);
        }
    }
}
