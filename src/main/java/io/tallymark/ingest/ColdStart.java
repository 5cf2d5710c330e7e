package io.tallymark.ingest;

import io.tallymark.ingest.TopicReadings.Layout;
import io.tallymark.ingest.TopicReadings.OffsetRange;
import io.tallymark.usage.BillingHour;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.kafka.common.KafkaException;

/**
 * Finds out which hours a job without state would see whole. An hour is covered when every partition is read from its true beginning, or
 * from a record that was stored before the first moment at which Kafka could have stored an event of the hour.
 */
public final class ColdStart {
    /** Room for the launcher's clock to run behind the broker's. */
    static final Duration CLOCK_SLACK = Duration.ofMinutes(5);

    private final TopicReadings readings;
    private final FormerIntake former;
    private final InstantSource clock;

    ColdStart(TopicReadings readings, FormerIntake former, InstantSource clock) {
        this.readings = readings;
        this.former = former;
        this.clock = clock;
    }

    /** What the database knows of earlier jobs. */
    @FunctionalInterface
    public interface FormerIntake {
        /**
         * Whether records were counted that this partition no longer holds although it seems to be whole: those of another topic, or of
         * an earlier topic of the same name.
         *
         * @param firstAppendMillis append time of the partition's first record, ms since the epoch; of an empty one the present
         * @param endOffset offset that the partition's next record will get
         */
        boolean hasMoreThan(int partition, long firstAppendMillis, long endOffset);
    }

    /**
     * The starting point of a job that is submitted now.
     *
     * @throws io.tallymark.usage.UserError when Kafka does not answer
     */
    public static StartingPoint find(IngestSettings settings, FormerIntake former) {
        try (TopicReadings readings = KafkaTopicReadings.open(settings)) {
            return new ColdStart(readings, former, InstantSource.system()).startingPoint(settings.topic());
        } catch (KafkaException e) {
            throw TopicCheck.unreachable(settings, e);
        }
    }

    StartingPoint startingPoint(String topic) {
        long nowMillis = clock.millis();
        Layout layout = readings.layout();
        Map<Integer, OffsetRange> ranges = readings.ranges(layout.partitions());
        Map<Integer, Long> firstAppends = readings.firstAppendMillis(layout.partitions());
        Map<Integer, Long> begins = new HashMap<>();
        OptionalLong lastGap = OptionalLong.empty();
        for (int partition : layout.partitions()) {
            OffsetRange range = ranges.get(partition);
            if (range == null) {
                throw new KafkaException("the broker does not say the offsets of " + topic + "-" + partition);
            }
            begins.put(partition, range.begin());
            long emptyMillis = nowMillis + CLOCK_SLACK.toMillis();
            long firstMillis = firstAppends.getOrDefault(partition, emptyMillis);
            if (range.begin() > 0 || former.hasMoreThan(partition, Math.min(firstMillis, nowMillis), range.end())) {
                lastGap = OptionalLong.of(Math.max(firstMillis, lastGap.orElse(firstMillis)));
            }
        }
        long coveredFrom = lastGap.isEmpty()
                ? StartingPoint.EVERYTHING
                : firstWholeHour(lastGap.getAsLong()).startMillis();
        return new StartingPoint(topic, layout.topicId(), begins, coveredFrom);
    }

    /**
     * The first hour of which no event can have been stored at that time or before.
     *
     * @param lastGapMillis append time of the first record that is still there, ms since the epoch; of those that are gone some may have
     *     the same
     */
    public static BillingHour firstWholeHour(long lastGapMillis) {
        BillingHour touched = BillingHour.containing(lastGapMillis + EventTime.MAX_AHEAD_MILLIS);
        return new BillingHour(touched.epochHour() + 1);
    }
}
