package io.tallymark.customers;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;

/** Times in a file: RFC 3339, or a date, which means its first moment in UTC. */
final class TimeText {
    private static final int DATE_CHARS = "2026-03-01".length();

    private TimeText() {}

    /** Nothing when the text is no time. */
    static Optional<Instant> parse(String text) {
        try {
            return Optional.of(
                    text.length() == DATE_CHARS
                            ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
                            : OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
