package io.tallymark.cli;

import io.tallymark.usage.BillingHour;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A UTC hour on the command line: {@code 2026-03-01T13}, {@code 2026-03-01T13:00Z} or any RFC 3339 time that is on the hour. */
final class HourConverter implements ITypeConverter<BillingHour> {
    private static final int SHORT_CHARS = "2026-03-01T13".length();

    @Override
    public BillingHour convert(String text) {
        Instant instant = instant(text);
        BillingHour hour = BillingHour.containing(instant);
        if (!hour.start().equals(instant)) {
            throw new TypeConversionException("'" + text + "' is not on the hour: it is in the hour " + hour);
        }
        return hour;
    }

    private static Instant instant(String text) {
        try {
            return OffsetDateTime.parse(text.length() == SHORT_CHARS ? text + ":00Z" : text)
                    .toInstant();
        } catch (DateTimeException e) {
            throw new TypeConversionException("'" + text + "' is no hour such as 2026-03-01T13:00Z or 2026-03-01T13");
        }
    }
}
