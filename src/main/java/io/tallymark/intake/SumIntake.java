package io.tallymark.intake;

import io.tallymark.usage.BillingHour;
import io.tallymark.usage.IntakeKey;
import io.tallymark.usage.IntakeTally;
import io.tallymark.usage.MeteringProgress;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.Triggerable;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;

/**
 * Keeps the rows of the balance sheet and writes the changed ones before each checkpoint's barrier. Only then is everything in that was
 * read before it and nothing that was read after it, so every written row adds up.
 */
public final class SumIntake extends AbstractStreamOperator<IntakeTally>
        implements OneInputStreamOperator<IntakeTally, IntakeTally>, Triggerable<IntakeKey, VoidNamespace> {
    /** Side output: one element with every checkpoint, so that standing still is visible. */
    public static final OutputTag<MeteringProgress> PROGRESS =
            new OutputTag<>("progress", TypeInformation.of(MeteringProgress.class));

    private static final long serialVersionUID = 1L;
    /** A waiting void may change its row until its id is forgotten, an hour or two after max-lateness. */
    private static final long SLACK_MILLIS = Duration.ofHours(4).toMillis();

    private final String topic;
    private final long keepMillis;
    private transient ValueState<IntakeTally> rows;
    private transient Set<IntakeKey> changed;
    private transient InternalTimerService<VoidNamespace> timers;
    private transient long watermarkMillis;
    private transient boolean moved;
    private transient IntakeMetrics rowMetrics;
    private transient AnomalyLog anomalies;

    public SumIntake(String topic, Duration maxLateness) {
        this.topic = topic;
        this.keepMillis = maxLateness.toMillis() + SLACK_MILLIS;
    }

    @Override
    public void open() throws Exception {
        super.open();
        rows = getRuntimeContext().getState(new ValueStateDescriptor<>("rows", TypeInformation.of(IntakeTally.class)));
        timers = getInternalTimerService("forget-rows", VoidNamespaceSerializer.INSTANCE, this);
        changed = new HashSet<>();
        rowMetrics = new IntakeMetrics(getMetricGroup());
        anomalies = new AnomalyLog(topic, nowMillis());
        watermarkMillis = Long.MIN_VALUE;
    }

    @Override
    public void processElement(StreamRecord<IntakeTally> element) throws Exception {
        IntakeTally part = element.getValue();
        RunningTally row = new RunningTally(part.key());
        IntakeTally present = rows.value();
        if (present == null) {
            timers.registerEventTimeTimer(
                    VoidNamespace.INSTANCE, new BillingHour(part.key().epochHour()).endMillis() + keepMillis);
        } else {
            row.add(present);
        }
        row.add(part);
        rows.update(row.tally());
        changed.add(part.key());
        moved |= part.read() > 0;
        rowMetrics.add(part);
        anomalies.add(part);
    }

    @Override
    public void processWatermark(Watermark mark) throws Exception {
        watermarkMillis = mark.getTimestamp();
        super.processWatermark(mark);
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
        writeChanged();
        output.collect(PROGRESS, new StreamRecord<>(new MeteringProgress(topic, watermarkMillis, moved)));
        moved = false;
        anomalies.atCheckpoint(nowMillis());
    }

    @Override
    public void finish() throws Exception {
        writeChanged();
        super.finish();
    }

    /** Of a task that fails, too. */
    @Override
    public void close() throws Exception {
        if (anomalies != null) {
            anomalies.atEnd(nowMillis());
        }
        super.close();
    }

    /** Every line of the hour came before this watermark, see {@link BundleIntake}, so what is written here adds up too. */
    @Override
    public void onEventTime(InternalTimer<IntakeKey, VoidNamespace> timer) throws Exception {
        if (changed.remove(timer.getKey())) {
            write();
        }
        rows.clear();
    }

    @Override
    public void onProcessingTime(InternalTimer<IntakeKey, VoidNamespace> timer) {
        throw new IllegalStateException("no such timer is registered");
    }

    /** Older hours first: whoever reads the table in the middle of a batch finds no hole between two hours. */
    private void writeChanged() throws Exception {
        List<IntakeKey> keys = changed.stream()
                .sorted(Comparator.comparingLong(IntakeKey::epochHour))
                .toList();
        for (IntakeKey key : keys) {
            setCurrentKey(key);
            write();
        }
        changed.clear();
    }

    private long nowMillis() {
        return getProcessingTimeService().getCurrentProcessingTime();
    }

    private void write() throws Exception {
        IntakeTally row = rows.value();
        if (row != null && row.read() > 0) {
            rowMetrics.written(row);
            output.collect(new StreamRecord<>(row));
        }
    }
}
