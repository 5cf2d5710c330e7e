package io.tallymark.aggregate;

import io.tallymark.usage.Aggregation;
import io.tallymark.usage.BillingHour;
import io.tallymark.usage.Contribution;
import io.tallymark.usage.UsageKey;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ScheduledFuture;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.tasks.ProcessingTimeService;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.jspecify.annotations.Nullable;

/**
 * Adds contributions up before they cross the network, so that a customer with most of the traffic costs no more there, nor in state, than
 * any other. Holds them back for a second at most, and the watermarks that came after them too: nothing downstream sees another order. At
 * each barrier everything is handed on, so this needs no state.
 *
 * <p>Totals that do not add up, of MAX and LAST meters, need each contribution: those pass as they are.
 */
public final class AddUpLocally extends AbstractStreamOperator<Subtotal>
        implements OneInputStreamOperator<Contribution, Subtotal> {
    /** Bound on what is held back. */
    static final int MOST_SUBTOTALS = 1 << 14;

    static final long HELD_MILLIS = 1_000;
    private static final long serialVersionUID = 1L;

    private final Map<String, Aggregation> aggregationByMetric;
    /** By key the subtotal of the hour that came last; it knows those of other hours. */
    private transient Map<UsageKey, GrowingSubtotal> held;

    private transient int subtotals;
    private transient @Nullable Watermark heldMark;
    private transient long handedOnMillis;
    private transient @Nullable ScheduledFuture<?> timer;

    public AddUpLocally(AggregateSettings settings) {
        this.aggregationByMetric = settings.aggregationByMetric();
    }

    @Override
    public void open() throws Exception {
        super.open();
        held = new HashMap<>();
        handedOnMillis = Long.MIN_VALUE;
    }

    @Override
    public void processElement(StreamRecord<Contribution> element) throws Exception {
        Contribution contribution = element.getValue();
        Aggregation aggregation = aggregationByMetric.get(contribution.key().metric());
        if (aggregation == null || !aggregation.addsUp()) {
            output.collect(new StreamRecord<>(Subtotal.of(contribution)));
            return;
        }
        subtotal(contribution).add(contribution);
        if (subtotals >= MOST_SUBTOTALS) {
            handOn();
        }
        setTimer();
    }

    /** Waits for what it must not overtake. One that ends an hour does not wait, and so neither does what came before it. */
    @Override
    public void processWatermark(Watermark mark) throws Exception {
        heldMark = mark;
        if (held.isEmpty() || hour(mark.getTimestamp()) > hour(handedOnMillis)) {
            handOn();
        }
    }

    @Override
    public void processWatermarkStatus(WatermarkStatus status) throws Exception {
        handOn();
        super.processWatermarkStatus(status);
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
        handOn();
    }

    @Override
    public void finish() throws Exception {
        handOn();
        super.finish();
    }

    /** One lookup by key, for nearly all contributions of a second are to one hour. */
    private GrowingSubtotal subtotal(Contribution contribution) {
        long epochHour = contribution.hour().epochHour();
        GrowingSubtotal newest = held.get(contribution.key());
        GrowingSubtotal present = newest == null ? null : newest.of(epochHour);
        if (present != null) {
            return present;
        }
        GrowingSubtotal added = new GrowingSubtotal(contribution, epochHour, newest);
        held.put(contribution.key(), added);
        subtotals++;
        return added;
    }

    private void handOn() throws Exception {
        for (GrowingSubtotal newest : held.values()) {
            for (GrowingSubtotal each = newest; each != null; each = each.next()) {
                output.collect(new StreamRecord<>(each.subtotal()));
            }
        }
        held.clear();
        subtotals = 0;
        if (heldMark != null) {
            handedOnMillis = heldMark.getTimestamp();
            super.processWatermark(heldMark);
            heldMark = null;
        }
    }

    private void setTimer() {
        if (timer == null) {
            ProcessingTimeService time = getProcessingTimeService();
            timer = time.registerTimer(time.getCurrentProcessingTime() + HELD_MILLIS, timestamp -> {
                timer = null;
                handOn();
            });
        }
    }

    /** An hour closes, and is forgotten, when its last millisecond has passed. */
    private static long hour(long watermarkMillis) {
        return watermarkMillis == Long.MAX_VALUE
                ? Long.MAX_VALUE
                : BillingHour.containing(watermarkMillis + 1).epochHour();
    }
}
