package io.tallymark.aggregate;

import io.tallymark.usage.Aggregation;
import io.tallymark.usage.BillingHour;
import io.tallymark.usage.Contribution;
import io.tallymark.usage.HourlyTotal;
import io.tallymark.usage.UsageKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.TimeDomain;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Adds contributions up by key and hour and writes whole totals: when the watermark closes an hour, and within {@code early-results}
 * after any other change, be it to an open hour or to a closed one. No accepted event is ever dropped here: an hour is kept for as long
 * as an event for it can be accepted.
 *
 * <p>A job that reads again what another one has counted (a cold start, an older savepoint) has seen each hour only in part until it is as
 * far as that one was. Until then it writes nothing, so that no row goes down and up again, and Stripe with it.
 */
public final class SumHours extends KeyedProcessFunction<UsageKey, Subtotal, HourlyTotal>
        implements CheckpointedFunction {
    private static final long serialVersionUID = 1L;

    private final Map<String, Aggregation> aggregationByMetric;
    private final HourClock clock;
    private final long catchUpToMillis;
    // Flink calls initializeState before anything else.
    @SuppressWarnings("NullAway.Init")
    private transient KnownAggregations aggregations;

    private transient MapState<Long, RunningTotal> totals;
    private transient MapState<Long, Boolean> changedHours;
    private transient DecidingLog log;
    private transient Counter closedHours;
    private transient Counter revisions;
    private transient OpenHours openHours;

    /**
     * Creates the function.
     *
     * @param catchUpToMillis watermark from which everything is read that an earlier job has counted; until then nothing is written.
     *     {@link Long#MIN_VALUE} when there was none
     */
    public SumHours(AggregateSettings settings, long catchUpToMillis) {
        this.aggregationByMetric = settings.aggregationByMetric();
        this.clock = new HourClock(settings);
        this.catchUpToMillis = catchUpToMillis;
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        aggregations = KnownAggregations.of(context.getOperatorStateStore(), aggregationByMetric);
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) {
        // Broadcast state is written as it is.
    }

    @Override
    public void open(OpenContext context) {
        // All bounded by the forget timer: the hours of max-lateness and the running one, for each key.
        totals = getRuntimeContext()
                .getMapState(new MapStateDescriptor<>("totals", Types.LONG, TypeInformation.of(RunningTotal.class)));
        changedHours =
                getRuntimeContext().getMapState(new MapStateDescriptor<>("changed-hours", Types.LONG, Types.BOOLEAN));
        log = new DecidingLog(getRuntimeContext()
                .getMapState(new MapStateDescriptor<>(
                        "deciding-log", Types.LONG, TypeInformation.of(LoggedContribution.class))));
        closedHours = getRuntimeContext().getMetricGroup().counter("closedHours");
        revisions = getRuntimeContext().getMetricGroup().counter("revisedHours");
        openHours = new OpenHours();
        getRuntimeContext().getMetricGroup().gauge("openHours", (Gauge<Integer>) openHours::count);
    }

    @Override
    public void processElement(Subtotal subtotal, Context context, Collector<HourlyTotal> out) throws Exception {
        BillingHour hour = subtotal.hour();
        RunningTotal total = totals.get(hour.epochHour());
        if (total == null) {
            total = begin(subtotal, context);
        }
        totals.put(hour.epochHour(), added(total, subtotal));
        if (!changedHours.contains(hour.epochHour())) {
            writeLater(hour.epochHour(), subtotal.key(), context);
        }
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<HourlyTotal> out) throws Exception {
        if (context.timeDomain() == TimeDomain.PROCESSING_TIME) {
            writeChanges(context, out);
        } else if (HourClock.isCloseTimer(timestamp)) {
            close(BillingHour.containing(timestamp), context, out);
        } else {
            forget(clock.forgottenHour(timestamp), context, out);
        }
    }

    private RunningTotal added(RunningTotal total, Subtotal subtotal) throws Exception {
        Aggregation aggregation = aggregations.of(subtotal.key());
        if (!DecidingLog.isNeededBy(aggregation)) {
            return total.with(subtotal);
        }
        Contribution contribution = subtotal.only();
        log.append(total, contribution);
        return total.with(contribution, aggregation);
    }

    private RunningTotal begin(Subtotal subtotal, Context context) {
        BillingHour hour = subtotal.hour();
        // Dedup lets a withdrawal pass only after its event, and keys keep their order from there.
        if (subtotal.withdrawn() > subtotal.counted()) {
            throw new IllegalStateException("an event of " + subtotal.key() + " in the hour " + hour
                    + " was withdrawn, but that hour has no total");
        }
        // Dedup lets no such event pass; were one to come, a new total would overwrite the one it belongs to.
        if (context.timerService().currentWatermark() >= clock.forgetAtMillis(hour)) {
            throw new IllegalStateException("an event of the hour " + hour + " came at the watermark "
                    + Instant.ofEpochMilli(context.timerService().currentWatermark())
                    + ", when its total was forgotten already");
        }
        // A timer in the past fires at the next watermark, so an hour that is over closes right away.
        context.timerService().registerEventTimeTimer(clock.closeAtMillis(hour));
        context.timerService().registerEventTimeTimer(clock.forgetAtMillis(hour));
        openHours.began(hour.epochHour());
        return RunningTotal.EMPTY;
    }

    private void close(BillingHour hour, OnTimerContext context, Collector<HourlyTotal> out) throws Exception {
        UsageKey key = context.getCurrentKey();
        RunningTotal total = totals.get(hour.epochHour());
        if (total == null || total.closed()) {
            return;
        }
        closed(hour.epochHour());
        RunningTotal closed = decided(total, hour.epochHour(), key).close();
        if (isCatchingUp(context)) {
            totals.put(hour.epochHour(), closed);
            writeLater(hour.epochHour(), key, context);
        } else {
            write(hour.epochHour(), closed, key, out);
        }
    }

    private void writeChanges(OnTimerContext context, Collector<HourlyTotal> out) throws Exception {
        UsageKey key = context.getCurrentKey();
        List<Long> hours = new ArrayList<>();
        changedHours.keys().forEach(hours::add);
        if (hours.isEmpty()) {
            return;
        }
        if (isCatchingUp(context)) {
            registerWrite(key, context);
            return;
        }
        for (long epochHour : hours) {
            writeChange(epochHour, key, context, out);
        }
    }

    private void closed(long epochHour) {
        closedHours.inc();
        openHours.closed(epochHour);
    }

    private boolean isCatchingUp(Context context) {
        return context.timerService().currentWatermark() < catchUpToMillis;
    }

    private void writeLater(long epochHour, UsageKey key, Context context) throws Exception {
        changedHours.put(epochHour, true);
        registerWrite(key, context);
    }

    private void registerWrite(UsageKey key, Context context) {
        long now = context.timerService().currentProcessingTime();
        context.timerService().registerProcessingTimeTimer(clock.nextWriteMillis(now, key.hashCode()));
    }

    private void writeChange(long epochHour, UsageKey key, Context context, Collector<HourlyTotal> out)
            throws Exception {
        RunningTotal total = totals.get(epochHour);
        if (total == null) {
            throw new IllegalStateException("an hour of " + key + " changed but has no total: " + epochHour);
        }
        RunningTotal decided = decided(total, epochHour, key);
        if (total.closed()) {
            revisions.inc();
            write(epochHour, decided.revise(), key, out);
        } else if (context.timerService().currentWatermark() >= clock.closeAtMillis(new BillingHour(epochHour))) {
            // It began when it was over. Its close timer waits for the next watermark, and a topic may have fallen
            // silent.
            closed(epochHour);
            write(epochHour, decided.close(), key, out);
        } else {
            write(epochHour, decided.revise(), key, out);
        }
    }

    private RunningTotal decided(RunningTotal total, long epochHour, UsageKey key) throws Exception {
        return total.stale() ? log.decide(total, epochHour, key, aggregations.of(key)) : total;
    }

    private void write(long epochHour, RunningTotal total, UsageKey key, Collector<HourlyTotal> out) throws Exception {
        totals.put(epochHour, total);
        changedHours.remove(epochHour);
        out.collect(total.asRow(key, epochHour));
    }

    private void forget(BillingHour hour, OnTimerContext context, Collector<HourlyTotal> out) throws Exception {
        if (changedHours.contains(hour.epochHour())) {
            writeChange(hour.epochHour(), context.getCurrentKey(), context, out);
        }
        RunningTotal total = totals.get(hour.epochHour());
        if (total != null) {
            log.forget(total, hour.epochHour());
            totals.remove(hour.epochHour());
        }
    }
}
