package io.tallymark.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.usage.IntakeKey;
import io.tallymark.usage.IntakeTally;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.SimpleCounter;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.junit.jupiter.api.Test;

class IntakeMetricsTest {
    private final Counter unbalanced = new SimpleCounter();
    private final IntakeMetrics metrics = new IntakeMetrics(new UnregisteredMetricsGroup() {
        @Override
        public Counter counter(String name) {
            return name.equals("unbalancedRows") ? unbalanced : new SimpleCounter();
        }
    });

    @Test
    void countsRowsThatDoNotAddUp() {
        metrics.written(row(3, Map.of("COUNTED", 2L, "DEAD_LETTERED:TOO_LATE", 1L)));
        assertThat(unbalanced.getCount()).isZero();

        metrics.written(row(3, Map.of("COUNTED", 2L)));
        assertThat(unbalanced.getCount()).isEqualTo(1);
    }

    private static IntakeTally row(long read, Map<String, Long> outcomes) {
        return new IntakeTally(new IntakeKey("topic", 0, 1), 0, read, read, outcomes);
    }
}
