package io.tallymark.table;

import io.tallymark.usage.BillingHour;
import io.tallymark.usage.DatabaseAccess;
import io.tallymark.usage.HourlyTotal;
import io.tallymark.usage.UsageKey;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.streaming.runtime.tasks.TestProcessingTimeService;

/** A writer of totals with small batches, short delays and a clock that the test moves. */
final class WriterRig implements AutoCloseable {
    static final BillingHour HOUR = BillingHour.containing(Instant.parse("2026-03-01T12:00:00Z"));
    static final int BATCH_ROWS = 3;
    private static final long RETRY_DELAY_MILLIS = 50;

    final TestProcessingTimeService clock = new TestProcessingTimeService();
    private final BatchWriter<HourlyTotal> writer;

    WriterRig(DatabaseAccess database) throws Exception {
        this(database, BATCH_ROWS);
    }

    WriterRig(DatabaseAccess database, int batchRows) throws Exception {
        clock.setCurrentTime(0);
        BackgroundBatches<HourlyTotal> background = BackgroundBatches.open(
                "usage_hourly",
                new FencedConnection(database),
                UsageTable::write,
                RETRY_DELAY_MILLIS,
                new BatchMetrics(UnregisteredMetricsGroup.createSinkWriterMetricGroup(), System::nanoTime));
        writer = new BatchWriter<>(background, TotalsBatch::new, clock, batchRows);
    }

    static HourlyTotal total(String customer, String quantity, boolean closed) {
        return new HourlyTotal(
                new UsageKey("tokens", customer, "{}"),
                HOUR.epochHour(),
                new BigDecimal(quantity),
                1,
                2,
                3,
                0,
                closed ? 1 : 0,
                closed);
    }

    WriterRig write(HourlyTotal... totals) throws IOException, InterruptedException {
        for (HourlyTotal total : totals) {
            writer.write(total, new NoContext());
        }
        return this;
    }

    WriterRig write(List<HourlyTotal> totals) throws IOException, InterruptedException {
        return write(totals.toArray(HourlyTotal[]::new));
    }

    void flush() throws IOException, InterruptedException {
        writer.flush(false);
    }

    @Override
    public void close() {
        writer.close();
    }

    private static final class NoContext implements SinkWriter.Context {
        @Override
        public long currentWatermark() {
            return Long.MIN_VALUE;
        }

        @Override
        public Long timestamp() {
            return 0L;
        }
    }
}
