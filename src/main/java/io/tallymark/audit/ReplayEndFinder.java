package io.tallymark.audit;

import io.tallymark.audit.ReplayDatabase.Progress;
import io.tallymark.ingest.TopicOffsets;
import io.tallymark.usage.TopicScan.Range;
import io.tallymark.usage.UserError;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Waits until metering has read what is in the topic now. What it has read is in the balance sheet, which it writes with each checkpoint;
 * when it does not come so far, the replay ends where the balance sheet does.
 *
 * @param holdsRecords whether any record can be read in these ranges of offsets, by partition: there may be transaction markers only
 * @param closing counted down when the replay is to stop
 * @param say takes progress
 */
record ReplayEndFinder(
        ReplayDatabase database,
        TopicOffsets topic,
        String name,
        Predicate<Map<Integer, Range>> holdsRecords,
        CountDownLatch closing,
        Consumer<String> say) {
    private static final Duration DEADLINE = Duration.ofMinutes(2);
    private static final Duration LOOK = Duration.ofSeconds(1);
    /** After this time a running job has begun to read what was stored before. */
    private static final Duration READ_DELAY = Duration.ofSeconds(5);

    ReplayEnd find() throws SQLException, InterruptedException {
        Progress first = database.progress(name);
        if (first.next().isEmpty()) {
            throw new UserError(
                    "metering has never read " + name + ": intake_hourly has no row of it",
                    "run the job with this configuration first");
        }
        Map<Integer, Long> ends = topic.ends();
        requireSameTopic(first.next(), ends);
        Map<Integer, Long> begins = topic.begins();
        boolean told = false;
        for (Progress now = first; ; now = database.progress(name)) {
            if (ReplaySpans.reached(begins, now.next(), ends)) {
                return new ReplayEnd(ends, true, first.now(), now.now());
            }
            if (isFinal(first.now(), now)) {
                return ended(first.now(), now, begins, ends);
            }
            if (!told) {
                say.accept("waiting for metering to read what is in the topic now");
                told = true;
            }
            if (closing.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException("shutting down");
            }
        }
    }

    /** Whether waiting longer is of no use: no sign of life, nothing left to read but transaction markers, or simply too slow. */
    static boolean isFinal(Instant beganAt, Progress now) {
        Instant writtenAt = now.writtenAt();
        Instant movedAt = now.movedAt();
        if (writtenAt == null || movedAt == null || !now.alive()) {
            return true;
        }
        boolean quiet = movedAt.isBefore(beganAt) && writtenAt.isAfter(beganAt.plus(READ_DELAY));
        return quiet || now.now().isAfter(beganAt.plus(DEADLINE));
    }

    private ReplayEnd ended(Instant beganAt, Progress now, Map<Integer, Long> begins, Map<Integer, Long> ends) {
        Map<Integer, Range> unread = unread(now.next(), begins, ends);
        if (!holdsRecords.test(unread)) {
            return new ReplayEnd(ends, true, beganAt, now.now());
        }
        for (int partition : unread.keySet()) {
            if (!now.next().containsKey(partition)
                    && holdsRecords.test(Map.of(partition, Objects.requireNonNull(unread.get(partition))))) {
                throw new UserError(
                        "partition " + partition + " of " + name + " holds records, but intake_hourly has no row of it:"
                                + " its records would count as missing",
                        "run the job until `tallymark status` shows no lag, then replay again");
            }
        }
        return incomplete(beganAt, now);
    }

    private static Map<Integer, Range> unread(
            Map<Integer, Long> next, Map<Integer, Long> begins, Map<Integer, Long> ends) {
        Map<Integer, Range> unread = new TreeMap<>();
        ends.forEach((partition, end) -> {
            long begin = begins.getOrDefault(partition, 0L);
            long from = Math.max(begin, next.getOrDefault(partition, begin));
            if (from < end) {
                unread.put(partition, new Range(from, end));
            }
        });
        return unread;
    }

    private ReplayEnd incomplete(Instant beganAt, Progress now) {
        Instant reachedAt = Objects.requireNonNullElse(now.writtenAt(), beganAt);
        say.accept((now.alive() ? "metering has not read everything yet" : "metering does not run")
                + "; comparing with what it had read at " + reachedAt);
        return new ReplayEnd(now.next(), false, beganAt, reachedAt);
    }

    private void requireSameTopic(Map<Integer, Long> read, Map<Integer, Long> ends) {
        read.forEach((partition, next) -> {
            if (next > ends.getOrDefault(partition, 0L)) {
                throw new UserError(
                        "partition " + partition + " of " + name + " ends at offset "
                                + ends.getOrDefault(partition, 0L) + ", yet metering has read it up to " + next
                                + ": the records behind the table are gone",
                        "name the topic that the table was made from");
            }
        });
    }
}
