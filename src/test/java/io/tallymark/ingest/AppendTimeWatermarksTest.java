package io.tallymark.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.util.clock.ManualClock;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AppendTimeWatermarksTest {
    private static final Duration CLOSE_DELAY = Duration.ofMinutes(2);
    private static final Duration QUIET = Duration.ofSeconds(30);
    private static final long NOON = Instant.parse("2026-03-01T12:00:00Z").toEpochMilli();

    private final ManualClock activity = new ManualClock();
    private final Recorded output = new Recorded();
    private long wallClockMillis = NOON;
    private AppendTimeWatermarks<String> watermarks;

    @BeforeEach
    void logAppendTime() {
        watermarks = watermarks(true);
    }

    @Test
    void watermarkIsTheNewestAppendTimeLessTheDelay() {
        read(NOON);

        assertThat(emitted()).isEqualTo(NOON - CLOSE_DELAY.toMillis() - 1);
    }

    @Test
    void olderAppendTimeDoesNotTakeItBack() {
        read(NOON);
        read(NOON - 5_000);

        assertThat(emitted()).isEqualTo(NOON - CLOSE_DELAY.toMillis() - 1);
    }

    @Test
    void quietPartitionFollowsTheWallClock() {
        read(NOON);
        pass(QUIET.minusMillis(1));
        assertThat(emitted()).isEqualTo(NOON - CLOSE_DELAY.toMillis() - 1);

        pass(Duration.ofMillis(1));
        assertThat(emitted()).isEqualTo(NOON + QUIET.toMillis() - CLOSE_DELAY.toMillis() - 1);
        assertThat(output.idle).isFalse();

        pass(Duration.ofHours(1));
        assertThat(emitted()).isEqualTo(wallClockMillis - CLOSE_DELAY.toMillis() - 1);
    }

    @Test
    void slowWallClockNeverTakesTheWatermarkBack() {
        read(NOON);
        activity.advanceTime(QUIET);
        wallClockMillis = NOON - Duration.ofHours(1).toMillis();

        assertThat(emitted()).isEqualTo(NOON - CLOSE_DELAY.toMillis() - 1);
    }

    @Test
    void backPressureIsNotTakenForSilence() {
        read(NOON);
        wallClockMillis += Duration.ofHours(1).toMillis();

        assertThat(emitted()).isEqualTo(NOON - CLOSE_DELAY.toMillis() - 1);
    }

    @Test
    void partitionThatWasNotReadYetHoldsTheMinimumBack() {
        pass(QUIET.minusMillis(1));
        watermarks.onPeriodicEmit(output);

        assertThat(output.emitted).isEmpty();
        assertThat(output.idle).isFalse();
    }

    @Test
    void emptyPartitionGoesIdleAndNeverFollowsTheWallClock() {
        pass(Duration.ofHours(1));
        watermarks.onPeriodicEmit(output);

        assertThat(output.emitted).isEmpty();
        assertThat(output.idle).isTrue();
    }

    @Test
    void firstRecordWakesAnEmptyPartition() {
        pass(QUIET);
        watermarks.onPeriodicEmit(output);
        read(NOON);

        assertThat(emitted()).isEqualTo(NOON - CLOSE_DELAY.toMillis() - 1);
        assertThat(output.idle).isFalse();
    }

    @Test
    void quietPartitionWithProducersTimestampsGoesIdleInstead() {
        watermarks = watermarks(false);
        read(NOON);
        assertThat(emitted()).isEqualTo(NOON - CLOSE_DELAY.toMillis() - 1);
        assertThat(output.idle).isFalse();

        pass(QUIET);
        assertThat(emitted()).isEqualTo(NOON - CLOSE_DELAY.toMillis() - 1);
        assertThat(output.idle).isTrue();
    }

    private AppendTimeWatermarks<String> watermarks(boolean followWallClock) {
        return new AppendTimeWatermarks<>(
                CLOSE_DELAY, QUIET, followWallClock, activity, () -> Instant.ofEpochMilli(wallClockMillis));
    }

    private void read(long appendTimeMillis) {
        watermarks.onEvent("event", appendTimeMillis, output);
    }

    private void pass(Duration duration) {
        activity.advanceTime(duration);
        wallClockMillis += duration.toMillis();
    }

    private long emitted() {
        watermarks.onPeriodicEmit(output);
        return output.emitted.get(output.emitted.size() - 1);
    }

    private static final class Recorded implements WatermarkOutput {
        private final List<Long> emitted = new ArrayList<>();
        private boolean idle;

        @Override
        public void emitWatermark(Watermark watermark) {
            emitted.add(watermark.getTimestamp());
            idle = false;
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
