package io.tallymark.usage;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** It lies in state for as long as an id is remembered, so its value never changes; these were computed by another program. */
class ContentCheckTest {
    private static final Measurement TOKENS = new Measurement("tokens", "{\"model\":\"m\"}", new BigDecimal("120.00"));
    private static final Measurement BYTES = new Measurement("api_bytes", "{}", new BigDecimal("2.50"));

    @Test
    void isOfCustomerTimeAndMeasurementsInOrderOfMetric() {
        assertThat(ContentCheck.of("müller", true, 1772323200000L, List.of(TOKENS, BYTES)))
                .isEqualTo(0xf3ce4be89136L);
        assertThat(ContentCheck.of("müller", true, 1772323200000L, List.of(BYTES, TOKENS)))
                .isEqualTo(0xf3ce4be89136L);
    }

    @Test
    void leavesOutATimeThatIsNotGiven() {
        List<Measurement> requests = List.of(new Measurement("requests", "{}", BigDecimal.ONE));

        assertThat(ContentCheck.of("acme", false, 5, requests)).isEqualTo(0x47fe67f32d0aL);
        assertThat(ContentCheck.of("acme", false, 6, requests)).isEqualTo(0x47fe67f32d0aL);
    }

    @Test
    void isOfEachThreadAlone() {
        List<Measurement> requests = List.of(new Measurement("requests", "{}", BigDecimal.ONE));
        long alone = ContentCheck.of("acme", true, 5, requests);

        assertThat(IntStream.range(0, 20_000)
                        .parallel()
                        .mapToLong(i -> ContentCheck.of("acme", true, 5, requests))
                        .distinct())
                .containsExactly(alone);
    }
}
