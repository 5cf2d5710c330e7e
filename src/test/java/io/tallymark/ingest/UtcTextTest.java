package io.tallymark.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read without the library is what the library reads. */
class UtcTextTest {
    private static final int TIMES = 300_000;
    private static final long YEARS_0_TO_9999_SECONDS = 315_569_520_000L;
    private static final long YEAR_0 = Instant.parse("0000-01-01T00:00:00Z").getEpochSecond();
    private static final String LETTERS = "0123456789-:.TZ+ tz";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1970-01-01T00:00:00Z",
                "1969-12-31T23:59:59.999Z",
                "0000-02-29T00:00:00Z",
                "2000-02-29T12:00:00.1Z",
                "2024-02-29T12:00:00.123456789Z",
                "9999-12-31T23:59:59.000000001Z"
            })
    void reads(String text) {
        assertThat(UtcText.millis(text))
                .isEqualTo(OffsetDateTime.parse(text).toInstant().toEpochMilli());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "2026-03-01T11:59Z",
                "2026-03-01T11:59:30",
                "2026-03-01t11:59:30z",
                "2026-03-01T11:59:30+00:00",
                "2026-03-01T11:59:30.Z",
                "2026-03-01T11:59:30.1234567890Z",
                "2026-02-29T00:00:00Z",
                "1900-02-29T00:00:00Z",
                "2026-04-31T00:00:00Z",
                "2026-00-01T00:00:00Z",
                "2026-13-01T00:00:00Z",
                "2026-01-00T00:00:00Z",
                "2026-01-01T24:00:00Z",
                "2026-01-01T23:60:00Z",
                "2026-01-01T23:59:60Z",
                "-026-01-01T00:00:00Z",
                "20a6-01-01T00:00:00Z",
                "2026-01-01T00:00:00.1x5Z"
            })
    void leavesToTheLibrary(String text) {
        assertThat(UtcText.millis(text)).isEqualTo(UtcText.UNUSUAL);
    }

    @Test
    void randomTimesAreThoseOfTheLibrary() {
        long seed = Long.getLong("tallymark.seed", System.nanoTime());
        Random random = new Random(seed);
        int read = 0;
        for (int i = 0; i < TIMES; i++) {
            String text = changed(random, time(random));
            long millis = UtcText.millis(text);
            if (millis != UtcText.UNUSUAL) {
                read++;
                assertThat(millis).as("seed %d: %s", seed, text).isEqualTo(library(text));
            }
        }
        System.out.println("UtcTextTest seed " + seed + ": " + read + " of " + TIMES + " read");
        assertThat(read).isGreaterThan(TIMES / 2);
    }

    private static String time(Random random) {
        long second = YEAR_0 + Math.floorMod(random.nextLong(), YEARS_0_TO_9999_SECONDS);
        int nanos = random.nextInt(1_000_000_000);
        return Instant.ofEpochSecond(second, random.nextBoolean() ? nanos : nanos / 1_000_000 * 1_000_000)
                .toString();
    }

    /** One time in three a character is another one, or gone. */
    private static String changed(Random random, String time) {
        if (random.nextInt(3) > 0) {
            return time;
        }
        StringBuilder text = new StringBuilder(time);
        int at = random.nextInt(time.length());
        if (random.nextInt(4) == 0) {
            text.deleteCharAt(at);
        } else {
            text.setCharAt(at, LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        return text.toString();
    }

    /** No time at all is one that this must not read. */
    private static long library(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant().toEpochMilli();
        } catch (DateTimeException e) {
            return UtcText.UNUSUAL;
        }
    }
}
