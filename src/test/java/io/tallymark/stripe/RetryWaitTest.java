package io.tallymark.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import com.stripe.net.HttpHeaders;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryWaitTest {
    private static final String NOON = "Sun, 22 Nov 2026 12:00:00 GMT";

    @ParameterizedTest
    @CsvSource({"0, 0", "7, 7_000", "3600, 3_600_000", "3601, 3_600_000", "999999999, 3_600_000"})
    void secondsAreBoundedByAnHour(String retryAfter, String millis) {
        assertThat(wait(Map.of("Retry-After", retryAfter))).isEqualTo(Long.parseLong(millis.replace("_", "")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"soon", "-1", "1.5", "", "99999999999999999999"})
    void nonsenseIsNoWait(String retryAfter) {
        assertThat(wait(Map.of("Retry-After", retryAfter))).isZero();
    }

    @Test
    void aDateCountsFromTheServersOwnTime() {
        String laterByTenSeconds = "Sun, 22 Nov 2026 12:00:10 GMT";

        assertThat(wait(Map.of("Retry-After", laterByTenSeconds, "Date", NOON))).isEqualTo(10_000);
        assertThat(wait(Map.of("Retry-After", NOON, "Date", laterByTenSeconds))).isZero();
        assertThat(wait(Map.of("Retry-After", laterByTenSeconds))).isZero();
    }

    @Test
    void shouldRetryFalseMeansNotSoon() {
        assertThat(wait(Map.of("Stripe-Should-Retry", "false"))).isEqualTo(60_000);
        assertThat(wait(Map.of("Stripe-Should-Retry", "false", "Retry-After", "5")))
                .isEqualTo(60_000);
        assertThat(wait(Map.of("Stripe-Should-Retry", "false", "Retry-After", "90")))
                .isEqualTo(90_000);
        assertThat(wait(Map.of("Stripe-Should-Retry", "true"))).isZero();
    }

    private static long wait(Map<String, String> headers) {
        Map<String, List<String>> lists = new HashMap<>();
        headers.forEach((name, value) -> lists.put(name, List.of(value)));
        return RetryWait.millis(new FailedReply(429, HttpHeaders.of(lists), true, "", "", "", ""));
    }
}
