package io.tallymark.ingest;

import java.io.Closeable;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the broker, about once a second and in a thread of its own, where the silent partitions of a reader end. Without an answer there is
 * a round without ends, never a guess.
 */
final class EndProbe implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(EndProbe.class);
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private final TopicReadings readings;
    private final InstantSource wallClock;
    private final LongSupplier nanoClock;
    private final Map<Integer, SplitProgress> watched = new ConcurrentHashMap<>();
    private final AtomicReference<@Nullable Round> latest = new AtomicReference<>();
    private final Map<Integer, Long> positionsBefore = new HashMap<>();
    private volatile CompletableFuture<Void> next = new CompletableFuture<>();
    private @Nullable Timer thread;
    /** So that a silent broker is one line in the log, not one a round. */
    private boolean failing;

    EndProbe(TopicReadings readings, InstantSource wallClock, LongSupplier nanoClock) {
        this.readings = readings;
        this.wallClock = wallClock;
        this.nanoClock = nanoClock;
    }

    /**
     * One round of questions.
     *
     * @param askedMillis wall clock before the question was sent, ms since the epoch
     * @param askedNanos the same moment by a clock that never jumps
     * @param ends per partition the offset behind its last committed record; partitions that were not asked or did not answer are missing
     * @param failure what the thread failed with; null when all is well or the broker is only silent
     */
    record Round(
            long askedMillis,
            long askedNanos,
            Map<Integer, Long> ends,
            @Nullable RuntimeException failure) {}

    /** Begins to ask; until {@link #close}. */
    void start(String name) {
        Timer timer = new Timer(name, true);
        timer.schedule(
                new TimerTask() {
                    @Override
                    public void run() {
                        round();
                    }
                },
                0,
                INTERVAL.toMillis());
        thread = timer;
    }

    void watch(SplitProgress split) {
        watched.put(split.partition(), split);
    }

    /** The newest round that was not taken yet. */
    @Nullable
    Round take() {
        // The reading first: this runs for every record.
        return latest.get() == null ? null : latest.getAndSet(null);
    }

    /** Completes when there is a round to take. */
    CompletableFuture<Void> available() {
        CompletableFuture<Void> future = next;
        return latest.get() == null ? future : CompletableFuture.completedFuture(null);
    }

    @Override
    public void close() {
        if (thread != null) {
            thread.cancel();
        }
        readings.close();
    }

    /** Asks once. */
    void round() {
        long askedMillis = wallClock.millis();
        long askedNanos = nanoClock.getAsLong();
        try {
            latest.set(new Round(askedMillis, askedNanos, ends(silent()), null));
        } catch (RuntimeException e) {
            latest.set(new Round(askedMillis, askedNanos, Map.of(), e));
        }
        CompletableFuture<Void> done = next;
        next = new CompletableFuture<>();
        done.complete(null);
    }

    private Map<Integer, Long> ends(Set<Integer> partitions) {
        if (partitions.isEmpty()) {
            return Map.of();
        }
        try {
            Map<Integer, Long> ends = readings.committedEnds(partitions);
            failing = false;
            return ends;
        } catch (KafkaException e) {
            // Not an error of ours: the hours stay open until the broker answers again.
            if (!failing) {
                LOG.warn(
                        "Kafka does not say where partitions end; their watermarks wait: partitions={} exception=\"{}\"",
                        partitions,
                        e.toString());
            }
            failing = true;
            return Map.of();
        }
    }

    /** Partitions of which nothing was read since the round before, or ever. A busy one moves its watermark by itself. */
    private Set<Integer> silent() {
        Set<Integer> silent = new HashSet<>();
        watched.forEach((partition, split) -> {
            long position = split.position();
            Long before = positionsBefore.put(partition, position);
            if (before == null || before == position) {
                silent.add(partition);
            }
        });
        return silent;
    }
}
