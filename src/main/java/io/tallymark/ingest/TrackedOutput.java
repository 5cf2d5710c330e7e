package io.tallymark.ingest;

import java.util.Map;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceOutput;

/** Flink's output, which notes the offset of every record that passes. */
final class TrackedOutput implements ReaderOutput<Ingested> {
    private final ReaderOutput<Ingested> output;
    private final Map<String, SplitProgress> splits;

    TrackedOutput(ReaderOutput<Ingested> output, Map<String, SplitProgress> splits) {
        this.output = output;
        this.splits = splits;
    }

    boolean isFor(ReaderOutput<Ingested> other) {
        return output == other;
    }

    /** Says that the partition is read up to a time. */
    void tick(SplitProgress split, long timeMillis) {
        output.createOutputForSplit(split.splitId()).collect(Ingested.tick(timeMillis), timeMillis);
    }

    @Override
    public SourceOutput<Ingested> createOutputForSplit(String splitId) {
        SplitProgress split = splits.get(splitId);
        if (split == null) {
            throw new IllegalStateException("unknown partition " + splitId);
        }
        return new OfSplit(output.createOutputForSplit(splitId), split);
    }

    @Override
    public void releaseOutputForSplit(String splitId) {
        splits.remove(splitId);
        output.releaseOutputForSplit(splitId);
    }

    @Override
    public void collect(Ingested element) {
        output.collect(element);
    }

    @Override
    public void collect(Ingested element, long timestamp) {
        output.collect(element, timestamp);
    }

    @Override
    public void emitWatermark(Watermark watermark) {
        output.emitWatermark(watermark);
    }

    @Override
    public void markIdle() {
        output.markIdle();
    }

    @Override
    public void markActive() {
        output.markActive();
    }

    /** The output of one partition. */
    private record OfSplit(SourceOutput<Ingested> output, SplitProgress split) implements SourceOutput<Ingested> {
        @Override
        public void collect(Ingested element) {
            output.collect(element);
            note(element);
        }

        @Override
        public void collect(Ingested element, long timestamp) {
            output.collect(element, timestamp);
            note(element);
        }

        private void note(Ingested element) {
            element.origin().ifPresent(origin -> split.read(origin.offset()));
        }

        @Override
        public void emitWatermark(Watermark watermark) {
            output.emitWatermark(watermark);
        }

        @Override
        public void markIdle() {
            output.markIdle();
        }

        @Override
        public void markActive() {
            output.markActive();
        }
    }
}
