package io.tallymark.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InstantTextTest {
    @ParameterizedTest
    @CsvSource({
        "2026-03-01, 2026-03-01T00:00:00Z",
        "2024-02-29, 2024-02-29T00:00:00Z",
        "2026-03-01T00:00:00Z, 2026-03-01T00:00:00Z",
        "2026-03-01T01:30:00.250+01:30, 2026-03-01T00:00:00.250Z",
        "' 2026-03-01 ', 2026-03-01T00:00:00Z"
    })
    void readsDatesAndTimestamps(String text, Instant instant) {
        assertThat(InstantText.parseMillis(text)).hasValue(instant.toEpochMilli());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "tomorrow",
                "2026-02-29",
                "2026-3-1",
                "20260301",
                "2026-03-01T00:00:00",
                "2026-03-01 00:00:00Z",
                "1772366400",
                "+999999999-12-31T23:59:59Z"
            })
    void refusesTheRest(String text) {
        assertThat(InstantText.parseMillis(text)).isEmpty();
    }
}
