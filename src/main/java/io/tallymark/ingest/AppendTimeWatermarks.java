package io.tallymark.ingest;

import java.time.Duration;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;

/**
 * The watermark of one partition: its newest append time less the close delay. Append time never goes back and no producer can forge
 * it, so an event from the future closes nobody's hour. Of a partition that is caught up, {@link TickingReader}'s ticks are newer than
 * any record; until its first record or tick a partition holds the others back, for its records may be old ones.
 */
final class AppendTimeWatermarks<T> implements WatermarkGenerator<T> {
    private static final long NONE = Long.MIN_VALUE;

    private final long closeDelayMillis;
    private long newestAppendMillis = NONE;

    AppendTimeWatermarks(Duration closeDelay) {
        this.closeDelayMillis = closeDelay.toMillis();
    }

    @Override
    public void onEvent(T event, long appendTimeMillis, WatermarkOutput output) {
        newestAppendMillis = Math.max(newestAppendMillis, appendTimeMillis);
    }

    @Override
    public void onPeriodicEmit(WatermarkOutput output) {
        if (newestAppendMillis != NONE) {
            // One less: another record with this very append time may still come.
            output.emitWatermark(new Watermark(newestAppendMillis - closeDelayMillis - 1));
        }
    }
}
