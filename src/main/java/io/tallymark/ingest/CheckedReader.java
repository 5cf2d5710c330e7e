package io.tallymark.ingest;

import java.io.Closeable;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.InputStatus;

/** Kafka's reader, which gets a partition only after {@link OffsetCheck} let it pass. */
@SuppressWarnings("try") // Flink's interface says that close() throws Exception.
class CheckedReader implements SourceReader<Ingested, KafkaPartitionSplit> {
    private final SourceReader<Ingested, KafkaPartitionSplit> inner;
    private final OffsetCheck check;
    private final Closeable readings;

    CheckedReader(SourceReader<Ingested, KafkaPartitionSplit> inner, OffsetCheck check, Closeable readings) {
        this.inner = inner;
        this.check = check;
        this.readings = readings;
    }

    @Override
    public void addSplits(List<KafkaPartitionSplit> splits) {
        check.require(splits);
        inner.addSplits(splits);
    }

    @Override
    public void start() {
        inner.start();
    }

    @Override
    public InputStatus pollNext(ReaderOutput<Ingested> output) throws Exception {
        return inner.pollNext(output);
    }

    @Override
    public List<KafkaPartitionSplit> snapshotState(long checkpointId) {
        return inner.snapshotState(checkpointId);
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
        return inner.isAvailable();
    }

    @Override
    public void notifyNoMoreSplits() {
        inner.notifyNoMoreSplits();
    }

    @Override
    public void handleSourceEvents(SourceEvent event) {
        inner.handleSourceEvents(event);
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) throws Exception {
        inner.notifyCheckpointComplete(checkpointId);
    }

    @Override
    public void notifyCheckpointAborted(long checkpointId) throws Exception {
        inner.notifyCheckpointAborted(checkpointId);
    }

    @Override
    public void pauseOrResumeSplits(Collection<String> splitsToPause, Collection<String> splitsToResume) {
        inner.pauseOrResumeSplits(splitsToPause, splitsToResume);
    }

    @Override
    public void close() throws Exception {
        try (readings) {
            inner.close();
        }
    }
}
