package io.tallymark.ingest;

import java.time.Duration;
import java.time.InstantSource;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.util.clock.RelativeClock;

/**
 * The watermark of one partition: its newest append time less the close delay. Append time never goes back and no producer can forge
 * it, so an event from the future closes nobody's hour.
 *
 * <p>A partition that has been silent for a while follows the wall clock, so that its last hour closes without further traffic. With
 * producer-chosen timestamps there is no such clock: a silent partition is only taken out of the minimum.
 *
 * <p>Flink keeps one generator for each partition that has delivered a record, and one that never sees any, which is always idle.
 */
final class AppendTimeWatermarks<T> implements WatermarkGenerator<T> {
    private static final long NONE = Long.MIN_VALUE;

    private final long closeDelayMillis;
    private final long quietNanos;
    private final boolean followWallClock;
    private final RelativeClock activityClock;
    private final InstantSource wallClock;
    private long newestAppendMillis = NONE;
    private long lastEventNanos;

    /**
     * @param activityClock stands still while the source is held back, so that back-pressure is not taken for silence
     */
    AppendTimeWatermarks(
            Duration closeDelay,
            Duration quiet,
            boolean followWallClock,
            RelativeClock activityClock,
            InstantSource wallClock) {
        this.closeDelayMillis = closeDelay.toMillis();
        this.quietNanos = quiet.toNanos();
        this.followWallClock = followWallClock;
        this.activityClock = activityClock;
        this.wallClock = wallClock;
    }

    @Override
    public void onEvent(T event, long appendTimeMillis, WatermarkOutput output) {
        newestAppendMillis = Math.max(newestAppendMillis, appendTimeMillis);
        lastEventNanos = activityClock.relativeTimeNanos();
    }

    @Override
    public void onPeriodicEmit(WatermarkOutput output) {
        if (newestAppendMillis == NONE) {
            output.markIdle();
        } else if (!isQuiet()) {
            emit(newestAppendMillis, output);
        } else if (followWallClock) {
            emit(Math.max(newestAppendMillis, wallClock.millis()), output);
        } else {
            emit(newestAppendMillis, output);
            output.markIdle();
        }
    }

    private boolean isQuiet() {
        return activityClock.relativeTimeNanos() - lastEventNanos >= quietNanos;
    }

    private void emit(long appendMillis, WatermarkOutput output) {
        // One less: another record with this very append time may still come.
        output.emitWatermark(new Watermark(appendMillis - closeDelayMillis - 1));
    }
}
