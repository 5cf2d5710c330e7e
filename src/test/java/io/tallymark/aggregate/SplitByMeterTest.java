package io.tallymark.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.usage.Contribution;
import io.tallymark.usage.Fingerprint;
import io.tallymark.usage.Measurement;
import io.tallymark.usage.Origin;
import io.tallymark.usage.UsageEvent;
import io.tallymark.usage.UsageKey;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.junit.jupiter.api.Test;

class SplitByMeterTest {
    @Test
    void eachMeterGetsItsOwnContributionWithTheEventsFingerprint() {
        UsageEvent event = new UsageEvent(
                "gateway",
                "e-1",
                "acme",
                5,
                true,
                6,
                new Origin("usage-events", 0, 0),
                List.of(
                        new Measurement("requests", "{}", BigDecimal.ONE),
                        new Measurement("tokens", "{\"model\":\"m\"}", BigDecimal.TEN)),
                null);
        List<Contribution> contributions = new ArrayList<>();

        new SplitByMeter().flatMap(event, new ListCollector<>(contributions));

        Fingerprint fingerprint = Fingerprint.of("gateway", "e-1");
        assertThat(contributions)
                .containsExactly(
                        new Contribution(
                                new UsageKey("requests", "acme", "{}"),
                                5,
                                BigDecimal.ONE,
                                fingerprint.high(),
                                fingerprint.low(),
                                false),
                        new Contribution(
                                new UsageKey("tokens", "acme", "{\"model\":\"m\"}"),
                                5,
                                BigDecimal.TEN,
                                fingerprint.high(),
                                fingerprint.low(),
                                false));
    }
}
