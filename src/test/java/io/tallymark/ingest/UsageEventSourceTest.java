package io.tallymark.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkGeneratorSupplier;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.util.clock.RelativeClock;
import org.apache.flink.util.clock.SystemClock;
import org.junit.jupiter.api.Test;

/** The watermarks of one partition, as the job gives them to Flink. */
class UsageEventSourceTest {
    private static final Duration CLOSE_DELAY = Duration.ofMinutes(2);
    private static final long NOON = Instant.parse("2026-03-01T12:00:00Z").toEpochMilli();

    private final Recorded output = new Recorded();
    private final WatermarkGenerator<Ingested> watermarks =
            UsageEventSource.watermarks(settings()).createWatermarkGenerator(new Surroundings());

    @Test
    void watermarkIsTheNewestAppendTimeLessTheDelay() {
        read(NOON);

        assertThat(emitted()).containsExactly(NOON - CLOSE_DELAY.toMillis() - 1);
    }

    @Test
    void olderAppendTimeDoesNotTakeItBack() {
        read(NOON);
        read(NOON - 5_000);

        assertThat(emitted()).containsExactly(NOON - CLOSE_DELAY.toMillis() - 1);
    }

    @Test
    void tickOfACaughtUpPartitionTakesItOn() {
        read(NOON);
        read(NOON + 60_000);

        assertThat(emitted()).containsExactly(NOON + 60_000 - CLOSE_DELAY.toMillis() - 1);
    }

    @Test
    void partitionThatWasNotReadYetHoldsTheMinimumBack() {
        assertThat(emitted()).containsExactly(Long.MIN_VALUE);
        assertThat(output.idle).isFalse();
    }

    private void read(long appendTimeMillis) {
        watermarks.onEvent(Ingested.tick(appendTimeMillis), appendTimeMillis, output);
    }

    private List<Long> emitted() {
        watermarks.onPeriodicEmit(output);
        return output.emitted;
    }

    private static IngestSettings settings() {
        return new IngestSettings(
                "localhost:9092",
                "usage-events",
                "tallymark",
                false,
                Map.of(),
                IngestSettings.DEFAULT_MAX_RECORD_BYTES,
                false,
                IngestSettings.DEFAULT_MAX_LATENESS,
                CLOSE_DELAY,
                IngestSettings.DEFAULT_QUIET_PARTITION,
                List.of());
    }

    private static final class Surroundings implements WatermarkGeneratorSupplier.Context {
        @Override
        public MetricGroup getMetricGroup() {
            return new UnregisteredMetricsGroup();
        }

        @Override
        public RelativeClock getInputActivityClock() {
            return SystemClock.getInstance();
        }
    }

    private static final class Recorded implements WatermarkOutput {
        private final List<Long> emitted = new ArrayList<>();
        private boolean idle;

        @Override
        public void emitWatermark(Watermark watermark) {
            emitted.add(watermark.getTimestamp());
        }

        @Override
        public void markIdle() {
            idle = true;
        }

        @Override
        public void markActive() {
            idle = false;
        }
    }
}
