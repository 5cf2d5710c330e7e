package io.tallymark.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationTextTest {
    @ParameterizedTest
    @CsvSource({
        "500ms, PT0.5S, 500ms",
        "60s, PT1M, 1m",
        "90s, PT1M30S, 90s",
        "2m, PT2M, 2m",
        "36h, PT36H, 36h",
        "48h, PT48H, 2d",
        "7d, PT168H, 7d",
        "0s, PT0S, 0s",
        "' 5 s ', PT5S, 5s"
    })
    void readsAndPrintsWhatPeopleWrite(String text, Duration duration, String printed) {
        assertThat(DurationText.parse(text)).contains(duration);
        assertThat(DurationText.print(duration)).isEqualTo(printed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "s", "-5s", "1.5h", "5 weeks", "PT5S", "9999999999s", "5S"})
    void refusesTheRest(String text) {
        assertThat(DurationText.parse(text)).isEmpty();
    }
}
