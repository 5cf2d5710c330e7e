package io.tallymark.ingest;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceOutput;

/** Stands for Flink's output: notes ticks by partition and time. */
final class RecordedOutput implements ReaderOutput<Ingested> {
    final List<String> ticks = new ArrayList<>();
    boolean idle;

    @Override
    public SourceOutput<Ingested> createOutputForSplit(String splitId) {
        return new OfSplit(this, splitId);
    }

    @Override
    public void collect(Ingested element) {
        throw new IllegalStateException("not through a partition's output");
    }

    @Override
    public void collect(Ingested element, long timestamp) {
        throw new IllegalStateException("not through a partition's output");
    }

    @Override
    public void releaseOutputForSplit(String splitId) {}

    @Override
    public void emitWatermark(Watermark watermark) {}

    @Override
    public void markIdle() {
        idle = true;
    }

    @Override
    public void markActive() {
        idle = false;
    }

    private record OfSplit(RecordedOutput all, String splitId) implements SourceOutput<Ingested> {
        @Override
        public void collect(Ingested element) {
            throw new IllegalStateException("without a time");
        }

        @Override
        public void collect(Ingested element, long timestamp) {
            if (element.origin().isEmpty()) {
                all.ticks.add(splitId + " " + timestamp);
            }
        }

        @Override
        public void emitWatermark(Watermark watermark) {}

        @Override
        public void markIdle() {}

        @Override
        public void markActive() {}
    }
}
