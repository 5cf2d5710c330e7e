package io.tallymark.embedded.demo;

import io.tallymark.deadletter.DeadLetterSettings;
import io.tallymark.deadletter.DeadLetterTopic;
import io.tallymark.deadletter.LetterSelection;
import io.tallymark.usage.RejectReason;
import java.util.EnumMap;
import java.util.Map;

/** Counts the letters of a dead-letter topic by reason; a letter that a crash wrote twice has one origin and counts once. */
public final class DeadLetterReader {
    private final DeadLetterTopic topic;

    public DeadLetterReader(String bootstrapServers, String topic) {
        this.topic = new DeadLetterTopic(new DeadLetterSettings(bootstrapServers, topic, Map.of()));
    }

    /** Everything that is in the topic now. */
    public Map<RejectReason, Long> countByReason() {
        Map<RejectReason, Long> counts = new EnumMap<>(RejectReason.class);
        topic.read(
                LetterSelection.ALL,
                letter -> counts.merge(letter.reason(), 1L, Long::sum) > 0,
                DeadLetterTopic.Progress.NONE);
        return counts;
    }
}
