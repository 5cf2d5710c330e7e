package io.tallymark.topology;

import io.tallymark.aggregate.AddUpLocally;
import io.tallymark.aggregate.AggregateSettings;
import io.tallymark.aggregate.SplitByMeter;
import io.tallymark.aggregate.Subtotal;
import io.tallymark.aggregate.SumHours;
import io.tallymark.dedup.DropDuplicates;
import io.tallymark.dedup.IdentityShard;
import io.tallymark.topology.VoidModel.Cell;
import io.tallymark.topology.VoidModel.Row;
import io.tallymark.usage.Aggregation;
import io.tallymark.usage.Contribution;
import io.tallymark.usage.HourlyTotal;
import io.tallymark.usage.IntakeEntry;
import io.tallymark.usage.Origin;
import io.tallymark.usage.Outcome;
import io.tallymark.usage.Rejection;
import io.tallymark.usage.UsageEvent;
import io.tallymark.usage.UsageKey;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/** The real operators from accepted records to rows, chained by hand, with what came out of them so far. */
final class VoidPath implements AutoCloseable {
    private static final Duration EARLY_RESULTS = Duration.ofSeconds(60);
    private static final AggregateSettings SETTINGS = new AggregateSettings(
            VoidTraffic.MAX_LATENESS,
            EARLY_RESULTS,
            Map.of(
                    "sum", Aggregation.SUM,
                    "count", Aggregation.COUNT,
                    "max", Aggregation.MAX,
                    "last", Aggregation.LAST));

    private final SplitByMeter split = new SplitByMeter();
    private final Map<Cell, Row> rows = new HashMap<>();
    private KeyedOneInputStreamOperatorTestHarness<Integer, UsageEvent, UsageEvent> dedup;
    private OneInputStreamOperatorTestHarness<Contribution, Subtotal> locally;
    private KeyedOneInputStreamOperatorTestHarness<UsageKey, Subtotal, HourlyTotal> sums;
    private long clockMillis = VoidTraffic.START_MILLIS;
    private long watermarkMillis = Long.MIN_VALUE;
    private @Nullable Snapshot snapshot;
    private List<IntakeEntry> lines = new ArrayList<>();
    private List<Origin> refused = new ArrayList<>();

    /** A checkpoint: the operators' state, and how far the outputs were that are exactly once in the real job. */
    private record Snapshot(
            OperatorSubtaskState dedup, OperatorSubtaskState sums, int lines, int refused, long watermarkMillis) {}

    VoidPath() throws Exception {
        dedup = dedupHarness();
        dedup.open();
        locally = locallyHarness();
        locally.open();
        sums = sumsHarness();
        sums.open();
    }

    void process(UsageEvent record) throws Exception {
        dedup.processElement(record, record.appendTimeMillis());
        takeSide(DropDuplicates.INTAKE).forEach(lines::add);
        takeSide(DropDuplicates.REFUSED_VOIDS).stream().map(Rejection::origin).forEach(refused::add);
        List<Contribution> contributions = new ArrayList<>();
        for (UsageEvent event : taken(dedup)) {
            split.flatMap(event, new ListCollector<>(contributions));
        }
        for (Contribution contribution : contributions) {
            locally.processElement(contribution, contribution.timeMillis());
        }
        flow();
    }

    /** What was added up locally goes on, watermarks in their places. */
    private void flow() throws Exception {
        for (Object element = locally.getOutput().poll();
                element != null;
                element = locally.getOutput().poll()) {
            if (element instanceof Watermark mark) {
                sums.processWatermark(mark);
            } else if (element instanceof StreamRecord<?> record) {
                sums.processElement((Subtotal) record.getValue(), 0);
            }
        }
    }

    void watermark(long millis) throws Exception {
        watermarkMillis = Math.max(watermarkMillis, millis);
        dedup.processWatermark(watermarkMillis);
        locally.processWatermark(watermarkMillis);
        flow();
        dedup.getOutput().clear();
        upsert();
    }

    /** Early results fall due. */
    void passTime() throws Exception {
        clockMillis += EARLY_RESULTS.toMillis();
        locally.setProcessingTime(clockMillis);
        flow();
        sums.setProcessingTime(clockMillis);
        upsert();
    }

    void snapshot() throws Exception {
        locally.prepareSnapshotPreBarrier(1);
        flow();
        snapshot =
                new Snapshot(dedup.snapshot(1, 1), sums.snapshot(1, 1), lines.size(), refused.size(), watermarkMillis);
    }

    void restart() throws Exception {
        snapshot();
        crash();
    }

    /** Falls back to the last snapshot, if there is one; rows that were written since stay, as they do in the table. */
    boolean crash() throws Exception {
        if (snapshot == null) {
            return false;
        }
        close();
        dedup = dedupHarness();
        dedup.initializeState(snapshot.dedup());
        dedup.open();
        locally = locallyHarness();
        locally.open();
        sums = sumsHarness();
        sums.initializeState(snapshot.sums());
        sums.open();
        lines = new ArrayList<>(lines.subList(0, snapshot.lines()));
        refused = new ArrayList<>(refused.subList(0, snapshot.refused()));
        watermarkMillis = snapshot.watermarkMillis();
        return true;
    }

    /** Everything closes, everything is written, everything is forgotten. */
    void finish() throws Exception {
        passTime();
        watermark(VoidTraffic.START_MILLIS + VoidTraffic.MAX_LATENESS.toMillis() / 2);
        passTime();
        watermark(VoidTraffic.START_MILLIS + VoidTraffic.MAX_LATENESS.toMillis() * 3);
        passTime();
    }

    Map<Cell, Row> rows() {
        return rows;
    }

    /** The one outcome that each record has when all its lines are added up. */
    Map<Origin, Outcome> outcomes() {
        Map<Origin, Map<Outcome, Integer>> sumsByOrigin = new HashMap<>();
        for (IntakeEntry line : lines) {
            Map<Outcome, Integer> byOutcome = sumsByOrigin.computeIfAbsent(line.origin(), none -> new HashMap<>());
            byOutcome.merge(line.outcome(), line.count(), Integer::sum);
        }
        Map<Origin, Outcome> outcomes = new HashMap<>();
        sumsByOrigin.forEach((origin, byOutcome) -> {
            byOutcome.values().removeIf(count -> count == 0);
            if (byOutcome.size() != 1 || !byOutcome.containsValue(1)) {
                throw new AssertionError(origin + " has not one outcome but " + byOutcome);
            }
            outcomes.put(origin, byOutcome.keySet().iterator().next());
        });
        return outcomes;
    }

    /** Origins of the voids that became dead letters. */
    List<Origin> refused() {
        return refused;
    }

    /** Entries of state and timers. */
    int leftovers() {
        return dedup.numKeyedStateEntries()
                + dedup.numEventTimeTimers()
                + sums.numKeyedStateEntries()
                + sums.numEventTimeTimers()
                + sums.numProcessingTimeTimers();
    }

    @Override
    public void close() {
        try {
            dedup.close();
            locally.close();
            sums.close();
        } catch (Exception e) {
            throw new IllegalStateException("a harness did not close", e);
        }
    }

    private void upsert() {
        for (HourlyTotal total : taken(sums)) {
            rows.put(
                    new Cell(total.key(), total.epochHour()),
                    new Row(total.quantity(), total.eventCount(), total.digest(), total.withdrawnCount()));
        }
    }

    private static <T> List<T> taken(KeyedOneInputStreamOperatorTestHarness<?, ?, T> harness) {
        List<T> values = new ArrayList<>(harness.extractOutputValues());
        harness.getOutput().clear();
        return values;
    }

    private <T> List<T> takeSide(OutputTag<T> tag) {
        Queue<StreamRecord<T>> side = dedup.getSideOutput(tag);
        Queue<StreamRecord<T>> all = side == null ? new ArrayDeque<>() : side;
        List<T> values = all.stream().map(StreamRecord::getValue).toList();
        all.clear();
        return values;
    }

    private static KeyedOneInputStreamOperatorTestHarness<Integer, UsageEvent, UsageEvent> dedupHarness()
            throws Exception {
        return new KeyedOneInputStreamOperatorTestHarness<>(
                new DropDuplicates(VoidTraffic.MAX_LATENESS), new IdentityShard(), Types.INT);
    }

    private OneInputStreamOperatorTestHarness<Contribution, Subtotal> locallyHarness() throws Exception {
        OneInputStreamOperatorTestHarness<Contribution, Subtotal> harness =
                new OneInputStreamOperatorTestHarness<>(new AddUpLocally(SETTINGS));
        harness.setProcessingTime(clockMillis);
        return harness;
    }

    private KeyedOneInputStreamOperatorTestHarness<UsageKey, Subtotal, HourlyTotal> sumsHarness() throws Exception {
        KeyedOneInputStreamOperatorTestHarness<UsageKey, Subtotal, HourlyTotal> harness =
                new KeyedOneInputStreamOperatorTestHarness<>(
                        new KeyedProcessOperator<>(new SumHours(SETTINGS, Long.MIN_VALUE)),
                        Subtotal::key,
                        TypeInformation.of(UsageKey.class));
        harness.setProcessingTime(clockMillis);
        return harness;
    }
}
