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
 * <p>Flink makes a generator for each partition when it is assigned. Until its first record it holds the minimum back, for its records
 * may be old ones; only a partition that stays silent is taken out, and it never follows the wall clock.
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
        this.lastEventNanos = activityClock.relativeTimeNanos();
    }

    @Override
    public void onEvent(T event, long appendTimeMillis, WatermarkOutput output) {
        newestAppendMillis = Math.max(newestAppendMillis, appendTimeMillis);
        lastEventNanos = activityClock.relativeTimeNanos();
    }

    @Override
    public void onPeriodicEmit(WatermarkOutput output) {
        boolean quiet = isQuiet();
        if (newestAppendMillis != NONE) {
            emit(
                    quiet && followWallClock ? Math.max(newestAppendMillis, wallClock.millis()) : newestAppendMillis,
                    output);
        }
        if (quiet && (newestAppendMillis == NONE || !followWallClock)) {
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
