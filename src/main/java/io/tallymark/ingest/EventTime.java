package io.tallymark.ingest;

import io.tallymark.usage.RejectReason;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;

/**
 * Which event times are accepted: {@code append − max-lateness ≤ time ≤ append + 5 min}, both ends included. It compares two numbers of
 * the record itself, so every replay decides the same.
 */
final class EventTime {
    static final long MAX_AHEAD_MILLIS = IngestSettings.MAX_AHEAD.toMillis();

    private final long maxLatenessMillis;

    EventTime(Duration maxLateness) {
        this.maxLatenessMillis = maxLateness.toMillis();
    }

    /**
     * Reads an RFC 3339 timestamp, to the millisecond.
     *
     * @param name of the attribute or header, for the message
     * @throws RejectException when it is none
     */
    static long parse(String name, String text) throws RejectException {
        long millis = UtcText.millis(text);
        if (millis != UtcText.UNUSUAL) {
            return millis;
        }
        try {
            return OffsetDateTime.parse(text).toInstant().toEpochMilli();
        } catch (DateTimeParseException | ArithmeticException e) {
            throw new RejectException(
                    RejectReason.BAD_TIME, name + " is no RFC 3339 timestamp: " + RejectException.shown(text));
        }
    }

    void check(long timeMillis, long appendTimeMillis) throws RejectException {
        if (timeMillis > appendTimeMillis + MAX_AHEAD_MILLIS) {
            throw new RejectException(
                    RejectReason.IN_FUTURE,
                    "time " + Instant.ofEpochMilli(timeMillis) + " is more than 5 minutes after the append time "
                            + Instant.ofEpochMilli(appendTimeMillis));
        }
        if (timeMillis < appendTimeMillis - maxLatenessMillis) {
            throw new RejectException(
                    RejectReason.TOO_LATE,
                    "time " + Instant.ofEpochMilli(timeMillis) + " is more than max-lateness before the append time "
                            + Instant.ofEpochMilli(appendTimeMillis));
        }
    }
}
