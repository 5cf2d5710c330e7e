package io.tallymark.cli;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Points in time on the command line: RFC 3339, or a date, which means its first moment in UTC. */
final class InstantConverter implements ITypeConverter<Instant> {
    private static final int DATE_CHARS = "2026-03-01".length();

    @Override
    public Instant convert(String text) {
        try {
            return text.length() == DATE_CHARS
                    ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
                    : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw new TypeConversionException(
                    "'" + text + "' is no time such as 2026-03-01T13:00:00Z and no date such as 2026-03-01");
        }
    }
}
