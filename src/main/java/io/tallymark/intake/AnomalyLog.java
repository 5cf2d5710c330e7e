package io.tallymark.intake;

import io.tallymark.usage.IntakeTally;
import io.tallymark.usage.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One line in the log for all records that should have been counted and were not: dead letters by reason, conflicts, uncovered hours. At
 * most one a minute, however many they are, and none while there are none. After a crash a line may come again, like what it tells of.
 */
final class AnomalyLog {
    static final long LEAST_GAP_MILLIS = Duration.ofMinutes(1).toMillis();

    private static final Logger LOG = LoggerFactory.getLogger(AnomalyLog.class);

    private final String topic;
    private final SortedMap<String, Long> deadLetters = new TreeMap<>();
    private long conflicts;
    private long uncovered;
    private long sinceMillis;
    private long quietUntilMillis = Long.MIN_VALUE;

    AnomalyLog(String topic, long nowMillis) {
        this.topic = topic;
        this.sinceMillis = nowMillis;
    }

    void add(IntakeTally part) {
        part.outcomes().forEach((label, count) -> {
            Outcome outcome = IntakeTally.outcome(label);
            if (outcome == Outcome.DEAD_LETTERED) {
                deadLetters.merge(IntakeTally.detail(label), count, Long::sum);
            } else if (outcome == Outcome.CONFLICT) {
                conflicts += count;
            } else if (outcome == Outcome.UNCOVERED) {
                uncovered += count;
            }
        });
    }

    /** Writes what came, unless the line before is less than a minute old; then it waits for a later checkpoint. */
    void atCheckpoint(long nowMillis) {
        if (nothingCame()) {
            sinceMillis = nowMillis;
        } else if (nowMillis >= quietUntilMillis) {
            write(nowMillis);
        }
    }

    /** Writes what still waits, since no checkpoint follows. */
    void atEnd(long nowMillis) {
        if (!nothingCame()) {
            write(nowMillis);
        }
    }

    private boolean nothingCame() {
        return deadLetters.isEmpty() && conflicts == 0 && uncovered == 0;
    }

    private void write(long nowMillis) {
        LOG.warn(
                "Records were not counted: topic={} dead_letters={} reasons=\"{}\" conflicts={} uncovered={} since={};"
                        + " see ./tallymark status and ./tallymark dead-letters list",
                topic,
                deadLetters.values().stream().mapToLong(Long::longValue).sum(),
                deadLetters.entrySet().stream().map(AnomalyLog::field).collect(Collectors.joining(" ")),
                conflicts,
                uncovered,
                Instant.ofEpochMilli(sinceMillis));
        deadLetters.clear();
        conflicts = 0;
        uncovered = 0;
        sinceMillis = nowMillis;
        quietUntilMillis = nowMillis + LEAST_GAP_MILLIS;
    }

    private static String field(Map.Entry<String, Long> reason) {
        return reason.getKey() + "=" + reason.getValue();
    }
}
