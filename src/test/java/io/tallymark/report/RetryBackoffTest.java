package io.tallymark.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryBackoffTest {
    @ParameterizedTest(name = "after {0} attempts and Retry-After {1} ms: {2} to {3} ms")
    @CsvSource({
        "0, 0, 500, 1000",
        "1, 0, 500, 1000",
        "2, 0, 1000, 2000",
        "5, 0, 8000, 16000",
        "10, 0, 150000, 300000",
        "2000000000, 0, 150000, 300000",
        "1, 30000, 30000, 30000",
        "1, 86400000, 3600000, 3600000",
    })
    void doublesWithJitterUpToFiveMinutesAndNeverBelowStripesWish(
            int attempts, long retryAfterMillis, long least, long most) {
        RetryBackoff backoff = new RetryBackoff(new Random(7));

        for (int i = 0; i < 100; i++) {
            assertThat(backoff.delayMillis(attempts, retryAfterMillis)).isBetween(least, most);
        }
    }
}
