package io.tallymark.deadletter;

import io.tallymark.usage.Origin;
import io.tallymark.usage.TopicScan;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Fetches rejected records whose letters do not hold them, from where they came. Keeps one connection a topic. */
public final class OriginRecords implements AutoCloseable {
    private final DeadLetterSettings settings;
    private final Map<String, TopicScan> scans = new HashMap<>();

    public OriginRecords(DeadLetterSettings settings) {
        this.settings = settings;
    }

    /** The rejected record: from the letter, else from its origin; empty when it is gone from there. */
    public Optional<LetterContent> of(DeadLetter letter) {
        return letter.bytesAtOrigin() ? fetch(letter.origin()) : Optional.of(letter.content());
    }

    private Optional<LetterContent> fetch(Origin origin) {
        return scans.computeIfAbsent(
                        origin.topic(),
                        topic -> TopicScan.open(settings.bootstrapServers(), topic, settings.kafkaProperties()))
                .at(origin.partition(), origin.offset())
                .map(record -> new LetterContent(record.key(), record.value(), DeadLetterDecoder.headers(record)));
    }

    @Override
    public void close() {
        scans.values().forEach(TopicScan::close);
    }
}
