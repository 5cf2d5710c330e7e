package io.tallymark.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallymark.usage.DatabaseAccess;
import io.tallymark.usage.Meter;
import io.tallymark.usage.SecretRef;
import java.io.ByteArrayOutputStream;
import java.io.ObjectOutputStream;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportSettingsTest {
    private static final DatabaseAccess DATABASE =
            new DatabaseAccess("jdbc:postgresql://db/tallymark", "tallymark", SecretRef.none("postgres.password"));

    @Test
    void rateFollowsTheKindOfKeyUnlessItIsConfigured() {
        ReportSettings settings =
                ReportSettings.withDefaults(DATABASE, List.of(Reporter.TOKENS), CustomerMapping.TABLE);

        assertThat(settings.concurrency()).isEqualTo(512);
        assertThat(settings.callsPerSecond(false)).isEqualTo(25);
        assertThat(settings.callsPerSecond(true)).isEqualTo(900);
        assertThat(settings.tick()).hasMillis(50);
        assertThat(settings.lease()).hasMinutes(2);
        assertThat(settings.callDeadline()).hasSeconds(20);
        assertThat(settings.operatorTimeout()).hasSeconds(145);
    }

    @Test
    void travelsInTheJobGraph() throws Exception {
        try (ObjectOutputStream out = new ObjectOutputStream(new ByteArrayOutputStream())) {
            out.writeObject(ReportSettings.withDefaults(DATABASE, List.of(Reporter.TOKENS), CustomerMapping.TABLE));
        }
    }

    @Test
    void everyImpossibleValueIsNamedWithItsRange() {
        assertThatThrownBy(() -> new ReportSettings(
                        DATABASE,
                        List.<Meter>of(Reporter.TOKENS, Reporter.TOKENS),
                        CustomerMapping.TABLE,
                        0,
                        20_000,
                        Duration.ZERO,
                        Duration.ofHours(2),
                        Duration.ofHours(3)))
                .hasMessageContaining("stripe.concurrency is 0: must be from 1 to 1000")
                .hasMessageContaining("stripe.max-requests-per-second is 20000: must be from 1 to 10000")
                .hasMessageContaining("reporting.tick is 0 ms: must be from 10 ms to 1000 ms")
                .hasMessageContaining("reporting.lease is 7200000 ms: must be from 100 ms to 3600000 ms")
                .hasMessageContaining("stripe.call-deadline is 10800000 ms: must be below reporting.lease, 7200000 ms")
                .hasMessageContaining("metric tokens is there twice");
    }
}
