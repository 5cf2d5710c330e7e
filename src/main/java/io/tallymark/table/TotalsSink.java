package io.tallymark.table;

import io.tallymark.usage.DatabaseAccess;
import io.tallymark.usage.HourlyTotal;
import java.io.IOException;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/** Writes totals at least once: whatever came before a checkpoint's barrier is in the table before the checkpoint is taken. */
final class TotalsSink implements Sink<HourlyTotal> {
    private static final long serialVersionUID = 1L;

    private final String table;
    private final DatabaseAccess database;
    private final TotalsStatement statement;

    /** @param table as messages name it */
    TotalsSink(String table, DatabaseAccess database, TotalsStatement statement) {
        this.table = table;
        this.database = database;
        this.statement = statement;
    }

    @Override
    public SinkWriter<HourlyTotal> createWriter(WriterInitContext context) throws IOException {
        BackgroundBatches background = BackgroundBatches.open(
                table,
                new FencedConnectionProvider(database),
                statement,
                BackgroundBatches.RETRY_DELAY_MILLIS,
                new BatchMetrics(context.metricGroup(), System::nanoTime));
        return new TotalsWriter(background, context.getProcessingTimeService(), TotalsWriter.BATCH_ROWS);
    }
}
