package io.tallymark.ingest;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How far one partition was read, and whether that is all of it. The position may be seen by another thread; the rest belongs to the
 * reader's.
 */
final class SplitProgress {
    /** Answers further apart do not say what was between them. */
    static final Duration LONGEST_GAP = Duration.ofSeconds(15);

    private final int partition;
    private final String splitId;
    private final long quietNanos;
    private final AtomicLong position;
    private long lastEnd = -1;
    private long lastPosition = -1;
    private long lastAskedNanos;
    private long steadySinceNanos;

    SplitProgress(int partition, String splitId, long position, Duration quiet) {
        this.partition = partition;
        this.splitId = splitId;
        this.position = new AtomicLong(position);
        this.quietNanos = quiet.toNanos();
    }

    int partition() {
        return partition;
    }

    String splitId() {
        return splitId;
    }

    /** The next offset to read. */
    long position() {
        return position.getAcquire();
    }

    void read(long offset) {
        position.setRelease(offset + 1);
    }

    /**
     * Whether every record that was stored before the question was asked has been handed on. The position says so when it is the end.
     * Behind the last record there may be markers of transactions, which nobody hands on: then the end has stood still for
     * {@code quiet-partition}, answer by answer, with nothing received and nothing held back in between.
     *
     * @param end offset behind the last committed record
     * @param askedNanos when the question was asked, by a clock that never jumps
     * @param drained whether the reader had nothing more to hand on at some time since the answer before
     */
    boolean isCaughtUp(long end, long askedNanos, boolean drained) {
        long next = position();
        boolean steady = drained
                && end == lastEnd
                && next == lastPosition
                && askedNanos - lastAskedNanos <= LONGEST_GAP.toNanos();
        if (!steady) {
            steadySinceNanos = askedNanos;
        }
        lastEnd = end;
        lastPosition = next;
        lastAskedNanos = askedNanos;
        return next == end || (next < end && askedNanos - steadySinceNanos >= quietNanos);
    }
}
