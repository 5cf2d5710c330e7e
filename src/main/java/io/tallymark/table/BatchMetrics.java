package io.tallymark.table;

import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.groups.SinkWriterMetricGroup;

/**
 * How writing goes, by Flink's own names for sinks ({@code numRecordsSend}, {@code numRecordsSendErrors}, {@code currentSendTime} in
 * milliseconds), and {@code oldestBatchMillis}: for how long the batch under way has been written, retries included. Told of batches by
 * the thread that writes them.
 */
final class BatchMetrics {
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final Counter sentRows;
    private final Counter failedRows;
    private final LongSupplier nanoClock;
    private volatile long latestMillis;
    private volatile boolean writing;
    private volatile long beganNanos;
    private volatile IntSupplier waiting = () -> 0;

    BatchMetrics(SinkWriterMetricGroup group, LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
        this.sentRows = group.getNumRecordsSendCounter();
        this.failedRows = group.getNumRecordsSendErrorsCounter();
        group.setCurrentSendTimeGauge(() -> latestMillis);
        group.gauge("oldestBatchMillis", (Gauge<Long>) this::oldestBatchMillis);
        group.gauge("waitingBatches", (Gauge<Integer>) () -> waiting.getAsInt());
    }

    /** @param batches those that are handed over and not in the table yet */
    void waiting(IntSupplier batches) {
        waiting = batches;
    }

    void began() {
        beganNanos = nanoClock.getAsLong();
        writing = true;
    }

    void ended() {
        writing = false;
    }

    void succeeded(int rows) {
        latestMillis = oldestBatchMillis();
        sentRows.inc(rows);
    }

    void failed(int rows) {
        failedRows.inc(rows);
    }

    private long oldestBatchMillis() {
        return writing ? (nanoClock.getAsLong() - beganNanos) / NANOS_PER_MILLI : 0;
    }
}
