package io.tallymark.table;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.api.connector.sink2.CommitterInitContext;
import org.apache.flink.api.connector.sink2.CommittingSinkWriter;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.SupportsCommitter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * A sink with a committer that has nothing to do. Savepoints of 0.1.0 hold the empty state of one for each table that was written through
 * flink-connector-jdbc, and Flink refuses a savepoint whose operator is gone.
 */
record IdleCommitterSink<T>(TableSink<T> sink) implements Sink<T>, SupportsCommitter<IdleCommitterSink.Nothing> {
    /** What is never handed to the committer. */
    record Nothing() {}

    @Override
    public SinkWriter<T> createWriter(WriterInitContext context) throws IOException {
        return new Writer<>(sink.createWriter(context));
    }

    @Override
    public Committer<Nothing> createCommitter(CommitterInitContext context) {
        return new Idle();
    }

    @Override
    public SimpleVersionedSerializer<Nothing> getCommittableSerializer() {
        return new NothingSerializer();
    }

    private record Writer<T>(BatchWriter<T> writer) implements CommittingSinkWriter<T, Nothing> {
        @Override
        public void write(T row, Context context) throws IOException, InterruptedException {
            writer.write(row, context);
        }

        @Override
        public void flush(boolean endOfInput) throws IOException, InterruptedException {
            writer.flush(endOfInput);
        }

        @Override
        public Collection<Nothing> prepareCommit() {
            return List.of();
        }

        @Override
        public void close() {
            writer.close();
        }
    }

    private static final class Idle implements Committer<Nothing> {
        @Override
        public void commit(Collection<CommitRequest<Nothing>> requests) {
            if (!requests.isEmpty()) {
                throw new IllegalStateException(requests.size() + " committables of a sink that has none");
            }
        }

        @Override
        public void close() {}
    }

    private static final class NothingSerializer implements SimpleVersionedSerializer<Nothing> {
        @Override
        public int getVersion() {
            return 1;
        }

        @Override
        public byte[] serialize(Nothing nothing) {
            return new byte[0];
        }

        @Override
        public Nothing deserialize(int version, byte[] serialized) {
            return new Nothing();
        }
    }
}
