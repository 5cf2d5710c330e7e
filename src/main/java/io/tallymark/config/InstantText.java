package io.tallymark.config;

import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.OptionalLong;

/** Instants as people write them: an RFC 3339 timestamp, or a date, which begins at midnight in UTC. */
final class InstantText {
    private static final int DATE_CHARS = "2026-03-01".length();

    private InstantText() {}

    /** Milliseconds since the epoch, or nothing when the text is no instant. */
    static OptionalLong parseMillis(String text) {
        String stripped = text.strip();
        try {
            OffsetDateTime instant = stripped.length() <= DATE_CHARS
                    ? LocalDate.parse(stripped).atStartOfDay().atOffset(ZoneOffset.UTC)
                    : OffsetDateTime.parse(stripped);
            return OptionalLong.of(instant.toInstant().toEpochMilli());
        } catch (DateTimeParseException | ArithmeticException e) {
            return OptionalLong.empty();
        }
    }
}
