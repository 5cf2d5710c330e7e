package io.tallymark.dedup;

import io.tallymark.usage.IntakeEntry;
import io.tallymark.usage.Rejection;
import io.tallymark.usage.UsageEvent;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/** The oracle of {@link DropDuplicates}: one entry of state and one timer for each id, keyed by {@link EventIdentity}. */
final class PlainDropDuplicates extends KeyedProcessFunction<String, UsageEvent, UsageEvent> {
    private static final long serialVersionUID = 1L;

    private final Horizon horizon;
    private transient long droppedMillis = Long.MIN_VALUE;
    private transient CountOnce countOnce;
    private transient ValueState<SeenId> seenIds;
    private transient MapState<Long, WaitingVoid> idleVoids;

    PlainDropDuplicates(Duration maxLateness) {
        this.horizon = new Horizon(maxLateness);
    }

    @Override
    public void open(OpenContext context) {
        countOnce = new CountOnce(horizon);
        seenIds =
                getRuntimeContext().getState(new ValueStateDescriptor<>("seen-ids", TypeInformation.of(SeenId.class)));
        idleVoids = getRuntimeContext()
                .getMapState(new MapStateDescriptor<>("idle-voids", Types.LONG, TypeInformation.of(WaitingVoid.class)));
    }

    /** Which ids have been dropped no single id's state tells: the other operator says it. */
    void droppedUpTo(long otherDroppedMillis) {
        droppedMillis = otherDroppedMillis;
    }

    @Override
    public void processElement(UsageEvent record, Context context, Collector<UsageEvent> out) throws Exception {
        countOnce.process(
                record,
                context.timerService().currentWatermark(),
                droppedMillis,
                memory(context),
                decided(context, out));
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<UsageEvent> out) throws Exception {
        SeenId seen = seenIds.value();
        if (seen != null && timestamp >= horizon.forgetAtMillis(seen.latestTimeMillis())) {
            idleVoids.clear();
            seenIds.clear();
        }
    }

    private IdMemory memory(Context context) {
        return new IdMemory() {
            @Override
            public @Nullable SeenId seen() throws Exception {
                return seenIds.value();
            }

            @Override
            public void remember(SeenId next) throws Exception {
                seenIds.update(next);
                context.timerService().registerEventTimeTimer(horizon.forgetAtMillis(next.latestTimeMillis()));
            }

            @Override
            public boolean hasIdleVoid(long check) throws Exception {
                return idleVoids.contains(check);
            }

            @Override
            public void addIdleVoid(long check, WaitingVoid idle) throws Exception {
                idleVoids.put(check, idle);
            }

            @Override
            public Map<Long, WaitingVoid> idleVoids() throws Exception {
                Map<Long, WaitingVoid> all = new HashMap<>();
                for (Map.Entry<Long, WaitingVoid> entry : idleVoids.entries()) {
                    all.put(entry.getKey(), entry.getValue());
                }
                return all;
            }

            @Override
            public void clearIdleVoids() {
                idleVoids.clear();
            }
        };
    }

    private static Decided decided(Context context, Collector<UsageEvent> out) {
        return new Decided() {
            @Override
            public void pass(UsageEvent event) {
                out.collect(event);
            }

            @Override
            public void settle(IntakeEntry line) {
                context.output(DropDuplicates.INTAKE, line);
            }

            @Override
            public void refuse(Rejection refusal) {
                context.output(DropDuplicates.REFUSED_VOIDS, refusal);
            }
        };
    }
}
