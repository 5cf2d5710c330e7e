package io.tallymark.bench;

import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/** Counts elements and throws them away; stops the clock when its input has ended. */
final class CountingSink<T> implements Sink<T> {
    private static final long serialVersionUID = 1L;
    /** Of all subtasks in this process. */
    private static final AtomicLong COUNTED = new AtomicLong();

    static long counted() {
        return COUNTED.get();
    }

    @Override
    public SinkWriter<T> createWriter(WriterInitContext context) {
        return new Writer<>();
    }

    private static final class Writer<T> implements SinkWriter<T> {
        private long count;

        @Override
        public void write(T element, Context context) {
            count++;
        }

        @Override
        public void flush(boolean endOfInput) {
            COUNTED.addAndGet(count);
            count = 0;
            if (endOfInput) {
                RunClock.finished();
            }
        }

        @Override
        public void close() {
            // Nothing is held.
        }
    }
}
