package io.tallymark.dedup;

import io.tallymark.usage.Fingerprint;
import io.tallymark.usage.IntakeEntry;
import io.tallymark.usage.Rejection;
import io.tallymark.usage.UsageEvent;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * Lets the first event of each identity pass, drops its repeats, and lets a void of it pass once, always after the event. Claiming the id
 * and counting the event are one step: both are in the same checkpoint or in none. The key is an {@link IdentityShard}; what is new in a
 * shard is appended to keyed state at each checkpoint, and whole hours of ids are dropped from it.
 */
public final class DropDuplicates extends AbstractStreamOperator<UsageEvent>
        implements OneInputStreamOperator<UsageEvent, UsageEvent> {
    /** Side output for the balance sheet: what became of each accepted record. */
    public static final OutputTag<IntakeEntry> INTAKE =
            new OutputTag<>("decisions", TypeInformation.of(IntakeEntry.class));

    /** Side output of voids that do not match what was counted. */
    public static final OutputTag<Rejection> REFUSED_VOIDS =
            new OutputTag<>("refused-voids", TypeInformation.of(Rejection.class));

    private static final long serialVersionUID = 2L;
    /** So many shards at most clear their heap in one checkpoint, so that none takes long. */
    private static final int CLEARED_AT_ONCE = 64;

    private final Horizon horizon;
    private final int fewestRecent;

    /** By {@link BlockKey}: bytes of {@link IdBlock}. Bounded: whole hours are dropped at the horizon. */
    private transient MapState<Long, byte[]> blocks;
    /** Voids that took nothing out, by id and content. Bounded: one is dropped with its id. */
    private transient MapState<Fingerprint, Map<Long, WaitingVoid>> idleVoids;
    /** What {@link #watermarkMillis} and {@link #droppedMillis} were in each subtask; the highest hold for all. */
    private transient ListState<Long> watermarks;

    private transient ListState<Long> dropped;
    /** By which max-lateness ids went, in each subtask. */
    private transient ListState<Long> lateness;

    private transient @Nullable ShardIds[] shards;
    private transient CountOnce countOnce;
    private transient IdInShard memory;
    private transient Results results;
    /** The hour of the watermark: ids that {@link Horizon} lets go by then are dropped. In state, so that what failed fails again. */
    private transient long watermarkMillis;
    /** The latest forgetting time of an id that was dropped. */
    private transient long droppedMillis;

    public DropDuplicates(Duration maxLateness) {
        this(maxLateness, ShardIds.FEWEST_RECENT);
    }

    /** For tests, in which few ids must become old ones. */
    DropDuplicates(Duration maxLateness, int fewestRecent) {
        this.horizon = new Horizon(maxLateness);
        this.fewestRecent = fewestRecent;
    }

    @Override
    public void open() throws Exception {
        super.open();
        watermarks = union("watermark-hour-millis");
        dropped = union("dropped-up-to-millis");
        lateness = union("max-lateness-millis");
        for (long before : lateness.get()) {
            horizon.requireStateOf(before);
        }
        watermarkMillis = highest(watermarks);
        droppedMillis = highest(dropped);
        blocks = getRuntimeContext()
                .getMapState(new MapStateDescriptor<>(
                        "id-blocks", Types.LONG, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
        idleVoids = getRuntimeContext()
                .getMapState(new MapStateDescriptor<>(
                        "idle-voids",
                        TypeInformation.of(Fingerprint.class),
                        Types.MAP(Types.LONG, TypeInformation.of(WaitingVoid.class))));
        shards = new ShardIds[IdentityShard.COUNT];
        countOnce = new CountOnce(horizon);
        results = new Results(output);
        memory = new IdInShard(this::setCurrentKey, idleVoids);
        restore();
        getMetricGroup().gauge("rememberedIds", this::rememberedIds);
        getMetricGroup().gauge("blocksReadForIds", () -> sum(ShardIds::confirmations));
        getMetricGroup().gauge("blocksReadInVain", () -> sum(ShardIds::falseTags));
    }

    /** The key is set only where state is used, which is not for every record. */
    @Override
    @SuppressWarnings("rawtypes") // So it is declared in Flink.
    public void setKeyContextElement1(StreamRecord record) {}

    @Override
    public void processElement(StreamRecord<UsageEvent> element) throws Exception {
        UsageEvent record = element.getValue();
        Fingerprint id = record.fingerprint();
        int shard = IdentityShard.of(id);
        results.become(element);
        memory.become(id, shard, shard(shard));
        countOnce.process(record, watermarkMillis, droppedMillis, memory, results);
    }

    @Override
    public void processWatermark(Watermark mark) throws Exception {
        long hourMillis = Horizon.lastHourMillis(mark.getTimestamp());
        if (hourMillis > watermarkMillis) {
            watermarkMillis = hourMillis;
            drop();
        }
        super.processWatermark(mark);
    }

    /** Keyed state is written after this, so what is put into it here is in the same checkpoint. */
    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        writeShards();
        watermarks.update(List.of(watermarkMillis));
        dropped.update(List.of(droppedMillis));
        lateness.update(List.of(horizon.maxLatenessMillis()));
        super.snapshotState(context);
    }

    /** Puts what is new into keyed state, and makes heap of recent ids free where there are many. */
    void writeShards() throws Exception {
        int cleared = 0;
        for (ShardIds shard : shards) {
            if (shard != null) {
                shard.write();
                if (shard.isFull() && cleared < CLEARED_AT_ONCE) {
                    shard.makeOld();
                    cleared++;
                }
            }
        }
    }

    /** Ids of this subtask that are remembered; one that changed may count twice for a while. */
    long rememberedIds() {
        return sum(ShardIds::size);
    }

    /** The latest forgetting time of an id that was dropped; the lowest number when none was. */
    long droppedMillis() {
        return droppedMillis;
    }

    private ListState<Long> union(String name) throws Exception {
        return getOperatorStateBackend().getUnionListState(new ListStateDescriptor<>(name, Types.LONG));
    }

    private static long highest(ListState<Long> restored) throws Exception {
        long highest = Long.MIN_VALUE;
        for (long each : restored.get()) {
            highest = Math.max(highest, each);
        }
        return highest;
    }

    private void restore() throws Exception {
        TaskInfo task = getRuntimeContext().getTaskInfo();
        int keyGroups = task.getMaxNumberOfParallelSubtasks();
        KeyGroupRange own = KeyGroupRangeAssignment.computeKeyGroupRangeForOperatorIndex(
                keyGroups, task.getNumberOfParallelSubtasks(), task.getIndexOfThisSubtask());
        for (int number = 0; number < IdentityShard.COUNT; number++) {
            if (own.contains(KeyGroupRangeAssignment.assignToKeyGroup(number, keyGroups))) {
                setCurrentKey(number);
                restoreShard(number);
            }
        }
    }

    private void restoreShard(int number) throws Exception {
        TreeMap<Integer, ShardIds.Stored> stored = new TreeMap<>();
        for (Map.Entry<Long, byte[]> block : blocks.entries()) {
            stored.put(
                    BlockKey.number(block.getKey()),
                    new ShardIds.Stored(BlockKey.epochHour(block.getKey()), block.getValue()));
        }
        if (!stored.isEmpty()) {
            shard(number).restore(stored);
        }
        if (!idleVoids.isEmpty()) {
            memory.noteIdleVoids(number);
        }
    }

    private void drop() throws Exception {
        for (int number = 0; number < shards.length; number++) {
            ShardIds shard = shards[number];
            if (shard != null) {
                shard.drop(this::goes);
                memory.dropIdleVoids(number, shard);
                if (shard.isEmpty()) {
                    shards[number] = null;
                }
            }
        }
    }

    /** Asked of hours of which there are ids. */
    private boolean goes(long epochHour) {
        boolean goes = horizon.isOver(epochHour, watermarkMillis);
        if (goes) {
            droppedMillis = Math.max(droppedMillis, horizon.forgottenAtMillis(epochHour));
        }
        return goes;
    }

    /** The ids of a shard, also for benchmarks. */
    ShardIds shard(int number) {
        ShardIds shard = shards[number];
        if (shard == null) {
            shard = new ShardIds(new KeyedBlocks(blocks, () -> setCurrentKey(number)), fewestRecent);
            shards[number] = shard;
        }
        return shard;
    }

    private long sum(ToLongFunction<ShardIds> of) {
        long sum = 0;
        for (ShardIds shard : shards) {
            sum += shard == null ? 0 : of.applyAsLong(shard);
        }
        return sum;
    }
}
