package io.tallymark.ingest;

import io.tallymark.usage.UserError;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.common.KafkaException;

/** What the broker says about the offsets of the topic of usage events, by partition, for people who ask: no answer is their error. */
public final class TopicOffsets implements AutoCloseable {
    private final IngestSettings settings;
    private final TopicReadings readings;

    private TopicOffsets(IngestSettings settings, TopicReadings readings) {
        this.settings = settings;
        this.readings = readings;
    }

    public static TopicOffsets open(IngestSettings settings) {
        return new TopicOffsets(settings, KafkaTopicReadings.open(settings));
    }

    /** Where each partition begins: 0, unless older records are gone. */
    public Map<Integer, Long> begins() {
        return ask(partitions -> readings.ranges(partitions).entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, range -> range.getValue().begin())));
    }

    /** One more than the last record that a reader of committed records may see. */
    public Map<Integer, Long> ends() {
        return ask(partitions -> {
            Map<Integer, Long> ends = readings.committedEnds(partitions);
            if (!ends.keySet().equals(partitions)) {
                throw new KafkaException("some partitions gave no answer");
            }
            return ends;
        });
    }

    /** The first offset stored at that time or later; partitions without one are missing. */
    public Map<Integer, Long> from(Instant appendTime) {
        return ask(partitions -> readings.offsetsFrom(partitions, appendTime.toEpochMilli()));
    }

    /** Append time of the first record that is still there, ms since the epoch; empty partitions are missing. */
    public Map<Integer, Long> firstAppendMillis() {
        return ask(readings::firstAppendMillis);
    }

    @Override
    public void close() {
        readings.close();
    }

    private Map<Integer, Long> ask(Function<Set<Integer>, Map<Integer, Long>> question) {
        try {
            return question.apply(readings.layout().partitions());
        } catch (KafkaException e) {
            throw new UserError(
                    "kafka.topic: " + settings.bootstrapServers() + " does not say the offsets of " + settings.topic(),
                    "./tallymark doctor",
                    e);
        }
    }
}
