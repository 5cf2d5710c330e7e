package io.tallymark.embedded.traffic;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.random.RandomGenerator;

/**
 * An event time in one of the ways in which producers write RFC 3339.
 *
 * @param millis ms since the epoch; what the text says, cut to milliseconds
 */
record EventTime(long millis, String text) {
    private static final int FORMS = 5;
    private static final int MICROS = 1000;
    private static final long SECOND_MILLIS = 1000;
    private static final ZoneOffset EAST = ZoneOffset.ofHours(2);
    private static final ZoneOffset WEST = ZoneOffset.ofHoursMinutes(-3, -30);
    private static final DateTimeFormatter MILLIS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSXXX", Locale.ROOT);
    private static final DateTimeFormatter SECONDS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssXXX", Locale.ROOT);
    private static final DateTimeFormatter MICROSECONDS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSXXX", Locale.ROOT);

    static EventTime draw(long millis, RandomGenerator random) {
        Instant instant = Instant.ofEpochMilli(millis);
        return switch (random.nextInt(FORMS)) {
            case 0 -> wholeSecond(Math.floorDiv(millis, SECOND_MILLIS) * SECOND_MILLIS);
            case 1 ->
                new EventTime(
                        millis,
                        MICROSECONDS.format(instant.plusNanos(random.nextInt(MICROS) * (long) MICROS)
                                .atOffset(ZoneOffset.UTC)));
            case 2 -> new EventTime(millis, MILLIS.format(instant.atOffset(EAST)));
            case 3 -> new EventTime(millis, MILLIS.format(instant.atOffset(WEST)));
            default -> new EventTime(millis, MILLIS.format(instant.atOffset(ZoneOffset.UTC)));
        };
    }

    private static EventTime wholeSecond(long millis) {
        return new EventTime(millis, SECONDS.format(Instant.ofEpochMilli(millis).atOffset(ZoneOffset.UTC)));
    }
}
