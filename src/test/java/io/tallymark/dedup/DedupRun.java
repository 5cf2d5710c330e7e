package io.tallymark.dedup;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.usage.IntakeEntry;
import io.tallymark.usage.UsageEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;

/** The sharded operator in one to four subtasks beside the plain one: each record goes to both, and both must say the same. */
final class DedupRun implements AutoCloseable {
    private static final int FEWEST_BETWEEN_RESTARTS = 400;
    private static final int MOST_RESTARTS = 1_000;
    private static final int MAX_PARALLELISM = 128;
    private static final int[] PARALLELISMS = {1, 2, 4, 1};
    private static final long CLOSE_DELAY_MILLIS = 120_000;

    private final Backend backend;
    private final String where;
    private final Random random;
    private final DedupTraffic traffic;
    private final PlainDropDuplicates plainFunction = new PlainDropDuplicates(DedupTraffic.MAX_LATENESS);
    private final KeyedOneInputStreamOperatorTestHarness<String, UsageEvent, UsageEvent> plain;
    private final Set<String> outcomes = new HashSet<>();
    private List<KeyedOneInputStreamOperatorTestHarness<Integer, UsageEvent, UsageEvent>> sharded = new ArrayList<>();
    private int restarts;
    private long checkpoints;
    private long watermarkMillis = DedupTraffic.START.toEpochMilli() - CLOSE_DELAY_MILLIS;

    enum Backend {
        HEAP,
        ROCKSDB
    }

    DedupRun(long seed, Backend backend) throws Exception {
        this.backend = backend;
        this.where = "seed " + seed;
        this.random = new Random(seed);
        this.traffic = new DedupTraffic(random);
        plain = new KeyedOneInputStreamOperatorTestHarness<>(
                new KeyedProcessOperator<>(plainFunction), new EventIdentity(), Types.STRING);
        plain.open();
        sharded.add(harness(1, 0));
        sharded.get(0).open();
        watermark();
    }

    void play(int records) throws Exception {
        // Opening RocksDB takes as long as thousands of records.
        int between = Math.max(FEWEST_BETWEEN_RESTARTS, records / MOST_RESTARTS);
        for (int i = 0; i < records; i++) {
            process(traffic.next());
            switch (random.nextInt(between)) {
                case 0 -> restart();
                case 1, 2, 3, 4 -> checkpoint();
                default -> advance();
            }
        }
    }

    /** What became of records so far: every outcome, and whether the task failed. */
    Set<String> outcomes() {
        return outcomes;
    }

    void forgetAll() throws Exception {
        watermarkMillis = traffic.appendMillis() + 3 * DedupTraffic.MAX_LATENESS.toMillis();
        watermark();
        assertThat(plain.numKeyedStateEntries()).as(where).isZero();
        for (var subtask : sharded) {
            assertThat(operator(subtask).rememberedIds()).as(where).isZero();
            if (backend == Backend.HEAP) {
                assertThat(subtask.numKeyedStateEntries()).as(where).isZero();
            }
        }
    }

    @Override
    public void close() {
        try {
            plain.close();
            for (var subtask : sharded) {
                subtask.close();
            }
        } catch (Exception e) {
            throw new IllegalStateException("a harness did not close", e);
        }
    }

    private void process(UsageEvent record) throws Exception {
        int shard = new IdentityShard().getKey(record);
        var subtask = sharded.get(
                KeyGroupRangeAssignment.assignKeyToParallelOperator(shard, MAX_PARALLELISM, sharded.size()));
        plainFunction.droppedUpTo(operator(subtask).droppedMillis());
        Map<Object, Integer> expected = said(plain, record);

        assertThat(said(subtask, record)).as("%s, record %s", where, record).isEqualTo(expected);
    }

    /** Everything that an operator puts out for a record, on whichever output, and how often. */
    private Map<Object, Integer> said(
            KeyedOneInputStreamOperatorTestHarness<?, UsageEvent, UsageEvent> operator, UsageEvent record)
            throws Exception {
        Map<Object, Integer> said = new HashMap<>();
        try {
            operator.processElement(record, record.appendTimeMillis());
        } catch (IllegalStateException e) {
            outcomes.add("task failed");
            said.put(String.valueOf(e.getMessage()).replaceAll("watermark .*: its", "watermark: its"), 1);
        }
        operator.extractOutputValues().forEach(event -> said.merge(event, 1, Integer::sum));
        operator.getOutput().clear();
        Queue<StreamRecord<IntakeEntry>> lines = operator.getSideOutput(DropDuplicates.INTAKE);
        if (lines != null) {
            lines.forEach(line -> outcomes.add(String.valueOf(line.getValue().outcome())));
        }
        drain(lines, said);
        drain(operator.getSideOutput(DropDuplicates.REFUSED_VOIDS), said);
        return said;
    }

    private static <T> void drain(Queue<StreamRecord<T>> side, Map<Object, Integer> into) {
        if (side != null) {
            side.forEach(element -> into.merge(element.getValue(), 1, Integer::sum));
            side.clear();
        }
    }

    private void advance() throws Exception {
        if (random.nextInt(10) == 0) {
            watermarkMillis = traffic.appendMillis() - CLOSE_DELAY_MILLIS;
            watermark();
        }
    }

    private void watermark() throws Exception {
        plain.processWatermark(watermarkMillis);
        plain.getOutput().clear();
        for (var subtask : sharded) {
            subtask.processWatermark(watermarkMillis);
            subtask.getOutput().clear();
        }
    }

    private void checkpoint() throws Exception {
        checkpoints++;
        for (var subtask : sharded) {
            subtask.snapshot(checkpoints, checkpoints);
        }
    }

    /** Stops all subtasks with a snapshot and goes on from it with others. */
    private void restart() throws Exception {
        checkpoints++;
        List<OperatorSubtaskState> states = new ArrayList<>();
        for (var subtask : sharded) {
            states.add(subtask.snapshot(checkpoints, checkpoints));
            subtask.close();
        }
        OperatorSubtaskState all =
                AbstractStreamOperatorTestHarness.repackageState(states.toArray(new OperatorSubtaskState[0]));
        int before = sharded.size();
        restarts++;
        int after = PARALLELISMS[restarts % PARALLELISMS.length];
        sharded = new ArrayList<>();
        for (int subtask = 0; subtask < after; subtask++) {
            var harness = harness(after, subtask);
            harness.initializeState(AbstractStreamOperatorTestHarness.repartitionOperatorState(
                    all, MAX_PARALLELISM, before, after, subtask));
            harness.open();
            sharded.add(harness);
        }
    }

    private static DropDuplicates operator(
            KeyedOneInputStreamOperatorTestHarness<Integer, UsageEvent, UsageEvent> harness) {
        return (DropDuplicates) harness.getOperator();
    }

    private KeyedOneInputStreamOperatorTestHarness<Integer, UsageEvent, UsageEvent> harness(
            int parallelism, int subtask) throws Exception {
        var harness = new KeyedOneInputStreamOperatorTestHarness<>(
                new DropDuplicates(DedupTraffic.MAX_LATENESS, 16),
                new IdentityShard(),
                Types.INT,
                MAX_PARALLELISM,
                parallelism,
                subtask);
        if (backend == Backend.ROCKSDB) {
            harness.setStateBackend(new EmbeddedRocksDBStateBackend());
        }
        return harness;
    }
}
