package io.tallymark.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.usage.ReportMode;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ReportIdentifierTest {
    private static final DueHour HOUR = DueHour.of("llm_tokens", "acme", Instant.parse("2026-11-20T08:00:00Z"));

    @Test
    void readsAsMeterHourAndSequence() {
        assertThat(of(HOUR, 2, ReportMode.DELTA, "tokens", "cus_1", "5"))
                .matches("tm-llm_tokens-20261120T08-2-[0-9a-f]{32}");
    }

    @Test
    void saysTheSameForTheSameReportOnly() {
        String base = of(HOUR, 1, ReportMode.DELTA, "tokens", "cus_1", "5");

        assertThat(of(HOUR, 1, ReportMode.DELTA, "tokens", "cus_1", "5.000")).isEqualTo(base);
        List<String> others = Stream.of(
                        of(HOUR, 1, ReportMode.DELTA, "tokens", "cus_1", "6"),
                        of(HOUR, 1, ReportMode.DELTA, "tokens", "cus_1", "-5"),
                        of(HOUR, 2, ReportMode.DELTA, "tokens", "cus_1", "5"),
                        of(HOUR, 1, ReportMode.HOURLY_TOTAL, "tokens", "cus_1", "5"),
                        of(HOUR, 1, ReportMode.DELTA, "tokens2", "cus_1", "5"),
                        of(HOUR, 1, ReportMode.DELTA, "tokens", "cus_2", "5"),
                        of(
                                new DueHour("llm.tokens", "acme", HOUR.epochHour()),
                                1,
                                ReportMode.DELTA,
                                "tokens",
                                "cus_1",
                                "5"),
                        of(
                                new DueHour("llm_tokens", "zeta", HOUR.epochHour()),
                                1,
                                ReportMode.DELTA,
                                "tokens",
                                "cus_1",
                                "5"),
                        of(
                                new DueHour("llm_tokens", "acme", HOUR.epochHour() + 1),
                                1,
                                ReportMode.DELTA,
                                "tokens",
                                "cus_1",
                                "5"))
                .toList();
        assertThat(others).doesNotHaveDuplicates().doesNotContain(base);
    }

    @Test
    void staysWithinStripesHundredCharacters() {
        DueHour longest = new DueHour("métrique/".repeat(50), "x".repeat(500), HOUR.epochHour());

        assertThat(of(longest, Integer.MAX_VALUE, ReportMode.HOURLY_TOTAL, "e", "c", "1e15"))
                .hasSizeLessThanOrEqualTo(100)
                .matches("[A-Za-z0-9_-]+");
    }

    private static String of(DueHour hour, int sequence, ReportMode mode, String event, String customer, String value) {
        return ReportIdentifier.of(
                hour, sequence, new Target(mode, event, customer), new BigDecimal(value), hour.start());
    }
}
