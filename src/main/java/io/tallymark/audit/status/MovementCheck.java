package io.tallymark.audit.status;

import io.tallymark.config.DurationText;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Whether anything moves: checkpoints are taken, and what is in the topic is read. */
final class MovementCheck {
    private static final String LOOK_AT_JOB = "look at the job's exceptions and checkpoints in Flink's dashboard";

    private final String topic;
    private final Duration staleAfter;
    private final Instant now;
    private final List<Finding> problems = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();

    /** @param staleAfter longest time without a checkpoint, and without a record when there are unread ones */
    MovementCheck(String topic, Duration staleAfter, Instant now) {
        this.topic = topic;
        this.staleAfter = staleAfter;
        this.now = now;
    }

    List<Finding> problems() {
        return problems;
    }

    List<String> warnings() {
        return warnings;
    }

    void checkpoints(@Nullable Progress progress) {
        if (progress == null) {
            problems.add(new Finding(
                    "metering of " + topic + " never ran: there is no checkpoint of it",
                    "start the job: ./tallymark up, or flink run -d target/tallymark-job.jar"));
        } else if (isStale(progress.writtenAt())) {
            problems.add(new Finding(
                    "the last checkpoint is " + Ages.between(progress.writtenAt(), now) + " old, more than "
                            + DurationText.print(staleAfter),
                    LOOK_AT_JOB + "; start it again when it is gone"));
        }
    }

    /** The partitions of the configured topic with their lag, those included of which nothing was read yet. */
    List<PartitionStatus> partitions(
            List<PartitionSheet> sheets,
            Map<Integer, TopicLog.Offsets> offsets,
            @Nullable Progress progress,
            TopicLog log) {
        Map<Integer, PartitionStatus> partitions = new TreeMap<>();
        offsets.forEach((partition, found) -> partitions.put(
                partition,
                new PartitionStatus(
                        topic,
                        partition,
                        found.beginning(),
                        found.beginning(),
                        found.committedEnd() - found.beginning(),
                        0,
                        Outcomes.NONE)));
        List<PartitionStatus> others = new ArrayList<>();
        for (PartitionSheet sheet : sheets) {
            TopicLog.Offsets found = sheet.topic().equals(topic) ? offsets.get(sheet.partition()) : null;
            if (found == null) {
                others.add(status(sheet, PartitionStatus.UNKNOWN_LAG));
            } else {
                partitions.put(sheet.partition(), status(sheet, lag(sheet, found)));
            }
        }
        boolean still = progress != null && isStale(progress.movedAt());
        List<PartitionStatus> result = new ArrayList<>();
        for (PartitionStatus partition : partitions.values()) {
            result.add(still && progress != null ? standing(partition, progress, log) : partition);
        }
        offsets.forEach(this::openTransaction);
        result.addAll(others);
        return result;
    }

    private long lag(PartitionSheet sheet, TopicLog.Offsets found) {
        if (sheet.nextOffset() > found.end()) {
            problems.add(new Finding(
                    topic + " partition " + sheet.partition() + " ends at offset " + found.end() + ", but "
                            + sheet.nextOffset() + " offsets were read of it before: this is not the same topic",
                    "use a topic with a new name; offsets must never begin again"));
        }
        if (sheet.nextOffset() < found.beginning()) {
            warnings.add(new OffsetRange(topic, sheet.partition(), sheet.nextOffset(), found.beginning())
                    + " are in no row and no longer in the topic: whether they held records cannot be verified");
        }
        return Math.max(0, found.committedEnd() - Math.max(sheet.nextOffset(), found.beginning()));
    }

    /** Markers of transactions have offsets and are never read: only an unread record means that the job stands still. */
    private PartitionStatus standing(PartitionStatus partition, Progress progress, TopicLog log) {
        if (partition.lag() == 0) {
            return partition;
        }
        long end = partition.nextOffset() + partition.lag();
        OffsetRange unread = new OffsetRange(topic, partition.partition(), partition.nextOffset(), end);
        if (log.count(unread, anyTime -> true, 1).orElse(1) == 0) {
            return new PartitionStatus(
                    topic,
                    partition.partition(),
                    partition.firstOffset(),
                    partition.nextOffset(),
                    0,
                    partition.readTwice(),
                    partition.outcomes());
        }
        problems.add(new Finding(
                unread + " are unread, and nothing was read for " + Ages.between(progress.movedAt(), now),
                LOOK_AT_JOB + ": back-pressure, restarts, a partition that nobody reads"));
        return partition;
    }

    private void openTransaction(int partition, TopicLog.Offsets found) {
        if (found.end() > found.committedEnd()) {
            warnings.add(topic + " partition " + partition + ": " + (found.end() - found.committedEnd())
                    + " offsets wait for a producer's open transaction");
        }
    }

    private boolean isStale(Instant since) {
        return since.plus(staleAfter).isBefore(now);
    }

    private static PartitionStatus status(PartitionSheet sheet, long lag) {
        return new PartitionStatus(
                sheet.topic(),
                sheet.partition(),
                sheet.firstOffset(),
                sheet.nextOffset(),
                lag,
                sheet.readTwice(),
                sheet.outcomes());
    }
}
