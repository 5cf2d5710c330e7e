package io.tallymark.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.usage.ReportMode;
import io.tallymark.usage.UsageReport;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class IdempotencyKeysTest {
    private final IdempotencyKeys keys = new IdempotencyKeys(new Random(7));

    @ParameterizedTest
    @EnumSource(
            mode = Mode.EXCLUDE,
            names = {"USAGE_RECORD_SET", "USAGE_RECORD_INCREMENT"})
    void everyCallHasANewKeyThatBeginsWithTheIdentifier(ReportMode mode) {
        String first = keys.keyOf(report(mode));

        assertThat(first).matches("id-7-[0-9a-f]{8}");
        assertThat(keys.keyOf(report(mode))).isNotEqualTo(first);
    }

    @ParameterizedTest
    @EnumSource(names = {"USAGE_RECORD_SET", "USAGE_RECORD_INCREMENT"})
    void aUsageRecordHasOneKey(ReportMode mode) {
        assertThat(keys.keyOf(report(mode))).isEqualTo("id-7");
    }

    private static UsageReport report(ReportMode mode) {
        return new UsageReport("id-7", mode, "target", "cus_1", BigDecimal.ONE, Instant.EPOCH);
    }
}
