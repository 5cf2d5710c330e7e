package io.tallymark.intake;

import io.tallymark.usage.BillingHour;
import io.tallymark.usage.IntakeEntry;
import io.tallymark.usage.IntakeKey;
import io.tallymark.usage.IntakeTally;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.jspecify.annotations.Nullable;

/**
 * Adds lines up where they arise, so that the balance sheet costs one element per row and checkpoint on the network, not one per record.
 * It hands its sums on before each barrier and therefore needs no state: what a checkpoint has read is in the checkpoint's sums. It hands
 * an hour on before the watermark that ends it, so that no line comes after its row was forgotten, however much time passes between two
 * barriers of a catch-up.
 */
public final class BundleIntake extends AbstractStreamOperator<IntakeTally>
        implements OneInputStreamOperator<IntakeEntry, IntakeTally> {
    private static final long serialVersionUID = 1L;
    /** Bound on rows held between two checkpoints; a catch-up over months of append time reaches it. */
    static final int MAX_ROWS = 1_000;

    private transient Map<IntakeKey, RunningTally> rows;
    /** The row of the line before, while it is among the rows. */
    private transient @Nullable RunningTally latest;

    @Override
    public void open() throws Exception {
        super.open();
        rows = new HashMap<>();
    }

    @Override
    public void processElement(StreamRecord<IntakeEntry> element) {
        IntakeEntry entry = element.getValue();
        row(entry).add(entry);
        if (rows.size() >= MAX_ROWS) {
            handOn(row -> true);
        }
    }

    /** Records of one partition come in runs, so most lines are of the row of the line before. */
    private RunningTally row(IntakeEntry entry) {
        if (latest == null || !latest.isFor(entry)) {
            IntakeKey key = new IntakeKey(
                    entry.origin().topic(),
                    entry.origin().partition(),
                    BillingHour.containing(entry.appendTimeMillis()).epochHour());
            latest = rows.computeIfAbsent(key, RunningTally::new);
        }
        return latest;
    }

    @Override
    public void processWatermark(Watermark mark) throws Exception {
        handOn(key -> new BillingHour(key.epochHour()).endMillis() <= mark.getTimestamp());
        super.processWatermark(mark);
    }

    /** An idle input no longer holds the watermark of the sums back. */
    @Override
    public void processWatermarkStatus(WatermarkStatus status) throws Exception {
        handOn(row -> true);
        super.processWatermarkStatus(status);
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) {
        handOn(row -> true);
    }

    @Override
    public void finish() throws Exception {
        handOn(row -> true);
        super.finish();
    }

    private void handOn(Predicate<IntakeKey> due) {
        latest = null;
        rows.entrySet().removeIf(row -> {
            if (due.test(row.getKey())) {
                output.collect(new StreamRecord<>(row.getValue().tally()));
                return true;
            }
            return false;
        });
    }
}
