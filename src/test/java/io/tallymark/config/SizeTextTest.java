package io.tallymark.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SizeTextTest {
    @ParameterizedTest
    @CsvSource({
        "800B, 800, 800B",
        "1KiB, 1024, 1KiB",
        "512KiB, 524288, 512KiB",
        "1024KiB, 1048576, 1MiB",
        "16MiB, 16777216, 16MiB",
        "1500B, 1500, 1500B",
        "' 1 MiB ', 1048576, 1MiB",
        "0B, 0, 0B",
        "999999999MiB, 1048575998951424, 999999999MiB"
    })
    void readsAndPrintsWhatPeopleWrite(String text, long bytes, String printed) {
        assertThat(SizeText.parse(text)).contains(bytes);
        assertThat(SizeText.print(bytes)).isEqualTo(printed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "MiB", "-5MiB", "1.5MiB", "1MB", "1mib", "1M", "1GiB", "9999999999B"})
    void refusesTheRest(String text) {
        assertThat(SizeText.parse(text)).isEmpty();
    }
}
