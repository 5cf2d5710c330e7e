package io.tallymark.dedup;

import io.tallymark.usage.UsageEvent;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Lets the first event of each identity pass and drops its repeats. Claiming the id and counting the event are one step: both are in
 * the same checkpoint or in none.
 */
public final class DropDuplicates extends KeyedProcessFunction<String, UsageEvent, UsageEvent> {
    private static final long serialVersionUID = 1L;

    private final Horizon horizon;
    private transient ValueState<Long> seenAtTime;
    private transient Counter passed;
    private transient Counter duplicates;

    public DropDuplicates(Duration maxLateness) {
        this.horizon = new Horizon(maxLateness);
    }

    @Override
    public void open(OpenContext context) {
        // The latest time seen with the id. Bounded by the timers below: one entry for each id that could still be
        // repeated.
        seenAtTime = getRuntimeContext().getState(new ValueStateDescriptor<>("seen-at-time", Types.LONG));
        passed = getRuntimeContext().getMetricGroup().counter("countedEvents");
        duplicates = getRuntimeContext().getMetricGroup().counter("duplicateEvents");
    }

    @Override
    public void processElement(UsageEvent event, Context context, Collector<UsageEvent> out) throws IOException {
        Long seen = seenAtTime.value();
        if (seen == null) {
            requireRemembered(event, context.timerService().currentWatermark());
            remember(event, context);
            passed.inc();
            out.collect(event);
            return;
        }
        duplicates.inc();
        if (event.timeMillis() > seen) {
            // A repeat that claims a later time is acceptable for longer: it must not pass once the first time is
            // forgotten.
            remember(event, context);
        }
    }

    private void remember(UsageEvent event, Context context) throws IOException {
        seenAtTime.update(event.timeMillis());
        context.timerService().registerEventTimeTimer(horizon.forgetAtMillis(event.timeMillis()));
    }

    /** Append time never goes back, so an accepted event's id cannot have been forgotten yet; if it may have been, nobody may guess. */
    private void requireRemembered(UsageEvent event, long watermark) {
        if (watermark >= horizon.forgetAtMillis(event.timeMillis())) {
            throw new IllegalStateException("the event " + event.origin() + " was appended at "
                    + Instant.ofEpochMilli(event.appendTimeMillis()) + ", long before the watermark "
                    + Instant.ofEpochMilli(watermark)
                    + ": its id may be forgotten. Append times go back in this topic; check its message.timestamp.type"
                    + " and the clocks of brokers and workers.");
        }
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<UsageEvent> out) throws IOException {
        Long seen = seenAtTime.value();
        if (seen != null && timestamp >= horizon.forgetAtMillis(seen)) {
            seenAtTime.clear();
        }
    }
}
