package io.tallymark.ingest;

import io.tallymark.ingest.EndProbe.Round;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.InputStatus;
import org.jspecify.annotations.Nullable;

/**
 * Gives every partition that is caught up a tick about once a second, through the partition's own output, so that its watermark goes on
 * without a record. Ticks are only given while Flink asks for records: a reader that is held back gives none.
 */
@SuppressWarnings("try") // Flink's interface says that close() throws Exception.
final class TickingReader extends CheckedReader {
    private final EndProbe probe;
    private final Duration quiet;
    private final LongSupplier nanoClock;
    private final Map<String, SplitProgress> splits = new HashMap<>();
    private @Nullable TrackedOutput tracked;
    private boolean drained;
    private boolean idle;
    private long startedNanos;

    /**
     * @param probe closed with this reader, and its readings with it
     * @param quiet how long the end must stand still behind the last record; and after which a reader without partitions is idle
     */
    TickingReader(
            SourceReader<Ingested, KafkaPartitionSplit> inner,
            OffsetCheck check,
            EndProbe probe,
            Duration quiet,
            LongSupplier nanoClock) {
        super(inner, check, probe);
        this.probe = probe;
        this.quiet = quiet;
        this.nanoClock = nanoClock;
        this.startedNanos = nanoClock.getAsLong();
    }

    @Override
    public void addSplits(List<KafkaPartitionSplit> added) {
        super.addSplits(added);
        for (KafkaPartitionSplit split : added) {
            SplitProgress progress =
                    new SplitProgress(split.getPartition(), split.splitId(), OffsetCheck.position(split), quiet);
            splits.put(split.splitId(), progress);
            probe.watch(progress);
        }
    }

    @Override
    public InputStatus pollNext(ReaderOutput<Ingested> output) throws Exception {
        TrackedOutput out = tracked(output);
        InputStatus status = super.pollNext(out);
        drained |= status == InputStatus.NOTHING_AVAILABLE;
        Round round = probe.take();
        if (round != null) {
            react(round, out);
            drained = false;
        }
        return status;
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
        CompletableFuture<Void> records = super.isAvailable();
        CompletableFuture<Void> round = probe.available();
        if (records.isDone()) {
            return records;
        }
        return round.isDone() ? round : CompletableFuture.anyOf(records, round).thenAccept(any -> {});
    }

    private void react(Round round, TrackedOutput out) {
        if (round.failure() != null) {
            throw new IllegalStateException("cannot ask Kafka where partitions end", round.failure());
        }
        for (SplitProgress split : splits.values()) {
            Long end = round.ends().get(split.partition());
            if (end != null && split.isCaughtUp(end, round.askedNanos(), drained)) {
                out.tick(split, round.askedMillis());
            }
        }
        idleWithoutPartitions(out);
    }

    /** A reader that got no partition must not hold the others' hours open; one that is about to get its first must. */
    private void idleWithoutPartitions(TrackedOutput out) {
        if (splits.isEmpty() && !idle && nanoClock.getAsLong() - startedNanos >= quiet.toNanos()) {
            idle = true;
            out.markIdle();
        } else if (!splits.isEmpty() && idle) {
            idle = false;
            out.markActive();
        }
    }

    private TrackedOutput tracked(ReaderOutput<Ingested> output) {
        if (tracked == null || !tracked.isFor(output)) {
            tracked = new TrackedOutput(output, splits);
        }
        return tracked;
    }
}
