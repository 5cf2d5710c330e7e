package io.tallymark.table;

import org.apache.flink.connector.jdbc.JdbcExecutionOptions;

/** How the sinks of this stage write: in batches, flushed with every checkpoint at the latest. */
final class Batches {
    private static final int BATCH_ROWS = 1_000;
    private static final long BATCH_INTERVAL_MILLIS = 1_000;
    private static final int MAX_RETRIES = 3;

    static final JdbcExecutionOptions OPTIONS = JdbcExecutionOptions.builder()
            .withBatchSize(BATCH_ROWS)
            .withBatchIntervalMs(BATCH_INTERVAL_MILLIS)
            .withMaxRetries(MAX_RETRIES)
            .build();

    private Batches() {}
}
