package io.tallymark.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.junit.jupiter.api.Test;

class AppendTimeWatermarksTest {
    private static final Duration CLOSE_DELAY = Duration.ofMinutes(2);
    private static final long NOON = Instant.parse("2026-03-01T12:00:00Z").toEpochMilli();

    private final Recorded output = new Recorded();
    private final AppendTimeWatermarks<String> watermarks = new AppendTimeWatermarks<>(CLOSE_DELAY);

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
        assertThat(emitted()).isEmpty();
        assertThat(output.idle).isFalse();
    }

    private void read(long appendTimeMillis) {
        watermarks.onEvent("event", appendTimeMillis, output);
    }

    private List<Long> emitted() {
        watermarks.onPeriodicEmit(output);
        return output.emitted;
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
