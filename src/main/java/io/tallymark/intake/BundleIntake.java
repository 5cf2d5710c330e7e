package io.tallymark.intake;

import io.tallymark.usage.BillingHour;
import io.tallymark.usage.IntakeEntry;
import io.tallymark.usage.IntakeKey;
import io.tallymark.usage.IntakeTally;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Adds lines up where they arise, so that the balance sheet costs one element per row and checkpoint on the network, not one per record.
 * It hands its sums on before each barrier and therefore needs no state: what a checkpoint has read is in the checkpoint's sums.
 */
public final class BundleIntake extends AbstractStreamOperator<IntakeTally>
        implements OneInputStreamOperator<IntakeEntry, IntakeTally> {
    private static final long serialVersionUID = 1L;
    /** Bound on rows held between two checkpoints; a catch-up over months of append time reaches it. */
    private static final int MAX_ROWS = 1_000;

    private transient Map<IntakeKey, RunningTally> rows;

    @Override
    public void open() throws Exception {
        super.open();
        rows = new HashMap<>();
    }

    @Override
    public void processElement(StreamRecord<IntakeEntry> element) {
        IntakeEntry entry = element.getValue();
        IntakeKey key = new IntakeKey(
                entry.origin().topic(),
                entry.origin().partition(),
                BillingHour.containing(entry.appendTimeMillis()).epochHour());
        rows.computeIfAbsent(key, RunningTally::new).add(entry);
        if (rows.size() >= MAX_ROWS) {
            handOn();
        }
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) {
        handOn();
    }

    @Override
    public void finish() throws Exception {
        handOn();
        super.finish();
    }

    private void handOn() {
        rows.values().forEach(row -> output.collect(new StreamRecord<>(row.tally())));
        rows.clear();
    }
}
