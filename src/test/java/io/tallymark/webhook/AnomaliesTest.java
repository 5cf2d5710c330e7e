package io.tallymark.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.webhook.Anomalies.Kind;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AnomaliesTest {
    private final AtomicLong nanos = new AtomicLong(-1);
    private final Anomalies anomalies = new Anomalies(nanos::get);

    @Test
    void oneOfEachKindIsToldAMinuteAndTheRestIsCounted() {
        assertThat(anomalies.note(Kind.SIGNATURE)).isZero();
        assertThat(anomalies.note(Kind.SIGNATURE)).isEqualTo(-1);
        assertThat(anomalies.note(Kind.SIGNATURE)).isEqualTo(-1);
        assertThat(anomalies.note(Kind.DATABASE)).isZero();

        nanos.addAndGet(Duration.ofMinutes(1).toNanos());

        assertThat(anomalies.note(Kind.SIGNATURE)).isEqualTo(2);
        assertThat(anomalies.note(Kind.SIGNATURE)).isEqualTo(-1);
    }
}
