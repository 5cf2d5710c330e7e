package io.tallymark.table;

import io.tallymark.usage.DatabaseAccess;
import java.io.IOException;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.util.function.SerializableSupplier;

/**
 * Writes rows at least once: whatever came before a checkpoint's barrier is in the table before the checkpoint is taken. A database that
 * is away fails the attempt and nothing more: closing never throws, which would end the whole TaskManager.
 */
final class TableSink<T> implements Sink<T> {
    private static final long serialVersionUID = 1L;

    private final String table;
    private final DatabaseAccess database;
    private final BatchStatement<T> statement;
    private final SerializableSupplier<Batch<T>> batches;

    /**
     * Makes the sink.
     *
     * @param table as messages name it
     * @param batches makes an empty one
     */
    TableSink(
            String table,
            DatabaseAccess database,
            BatchStatement<T> statement,
            SerializableSupplier<Batch<T>> batches) {
        this.table = table;
        this.database = database;
        this.statement = statement;
        this.batches = batches;
    }

    @Override
    public BatchWriter<T> createWriter(WriterInitContext context) throws IOException {
        BackgroundBatches<T> background = BackgroundBatches.open(
                table,
                new FencedConnection(database),
                statement,
                BackgroundBatches.RETRY_DELAY_MILLIS,
                new BatchMetrics(context.metricGroup(), System::nanoTime));
        return new BatchWriter<>(background, batches, context.getProcessingTimeService(), BatchWriter.BATCH_ROWS);
    }
}
