package io.tallymark.ingest;

import io.tallymark.usage.Origin;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.InputStatus;

/** Stands for Kafka's reader: hands on the records it was given, one at a time. */
final class HandMadeReader implements SourceReader<Ingested, KafkaPartitionSplit> {
    /** What it says when it has nothing more. */
    InputStatus status = InputStatus.NOTHING_AVAILABLE;

    boolean closed;
    private final Queue<Origin> pending = new ArrayDeque<>();

    void records(int partition, int... offsets) {
        for (int offset : offsets) {
            pending.add(new Origin("events", partition, offset));
        }
    }

    int pending() {
        return pending.size();
    }

    @Override
    public InputStatus pollNext(ReaderOutput<Ingested> output) {
        Origin origin = pending.poll();
        if (origin == null) {
            return status;
        }
        output.createOutputForSplit(origin.topic() + "-" + origin.partition())
                .collect(Ingested.ignored(origin, origin.offset()), origin.offset());
        return InputStatus.MORE_AVAILABLE;
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
        return new CompletableFuture<>();
    }

    @Override
    public void start() {}

    @Override
    public List<KafkaPartitionSplit> snapshotState(long checkpointId) {
        return List.of();
    }

    @Override
    public void addSplits(List<KafkaPartitionSplit> splits) {}

    @Override
    public void notifyNoMoreSplits() {}

    @Override
    public void close() {
        closed = true;
    }
}
