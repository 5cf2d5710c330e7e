package io.tallymark.table;

import java.io.IOException;
import java.util.concurrent.ScheduledFuture;
import org.apache.flink.api.common.operators.ProcessingTimeService;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.util.function.SerializableSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Gathers rows into batches that are written beside the task: it waits for the database only when so many batches are waiting already,
 * and at a checkpoint. A row is handed on within a second, unless the database is that far behind.
 */
final class BatchWriter<T> implements SinkWriter<T> {
    /** What a statement costs aside from its rows is small beside 2,000 of them; see RATIONALE.md. */
    static final int BATCH_ROWS = 2_000;

    static final long LONGEST_WAIT_MILLIS = 1_000;

    private final BackgroundBatches<T> background;
    private final SerializableSupplier<Batch<T>> batches;
    private final ProcessingTimeService clock;
    private final int batchRows;
    private Batch<T> filling;
    private @Nullable ScheduledFuture<?> timer;

    BatchWriter(
            BackgroundBatches<T> background,
            SerializableSupplier<Batch<T>> batches,
            ProcessingTimeService clock,
            int batchRows) {
        this.background = background;
        this.batches = batches;
        this.filling = batches.get();
        this.clock = clock;
        this.batchRows = batchRows;
    }

    @Override
    public void write(T row, Context context) throws IOException, InterruptedException {
        background.check();
        filling.add(row);
        if (filling.size() >= batchRows) {
            background.put(next());
        } else if (timer == null) {
            startTimer();
        }
    }

    @Override
    public void flush(boolean endOfInput) throws IOException, InterruptedException {
        if (!filling.isEmpty()) {
            background.put(next());
        }
        background.awaitAll();
    }

    @Override
    public void close() {
        stopTimer();
        background.close();
    }

    /** The batch that was being filled. */
    private Batch<T> next() {
        stopTimer();
        Batch<T> full = filling;
        filling = batches.get();
        return full;
    }

    private void startTimer() {
        timer = clock.registerTimer(clock.getCurrentProcessingTime() + LONGEST_WAIT_MILLIS, time -> onTimer());
    }

    private void stopTimer() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    /** Without room the batch goes on filling: the task must not wait while it has something to fill. */
    private void onTimer() throws IOException {
        timer = null;
        background.check();
        if (filling.isEmpty()) {
            return;
        }
        if (background.offer(filling)) {
            filling = batches.get();
        } else {
            startTimer();
        }
    }
}
