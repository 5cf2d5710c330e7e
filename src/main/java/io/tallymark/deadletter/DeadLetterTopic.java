package io.tallymark.deadletter;

import io.tallymark.usage.Origin;
import io.tallymark.usage.TopicScan;
import io.tallymark.usage.UserError;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Reads letters, one at a time in memory, each once by its origin. Letters stay in the topic, whatever is done with them. */
public final class DeadLetterTopic {
    /** About 100 bytes of memory each. */
    private static final int MAX_ORIGINS = 5_000_000;

    private final DeadLetterSettings settings;

    public DeadLetterTopic(DeadLetterSettings settings) {
        this.settings = settings;
    }

    /**
     * What a reading met besides the letters it handed over.
     *
     * @param repeats selected letters whose origin had a letter already
     * @param strangers records of the topic that are no letters
     */
    public record Reading(long repeats, long strangers) {}

    /** Hears how far a reading has come, after every record. */
    @FunctionalInterface
    public interface Progress {
        Progress NONE = (read, all) -> {};

        void at(long read, long all);
    }

    /**
     * Reads everything that is in the topic now.
     *
     * @param handler takes each selected letter and returns whether to go on
     * @throws UserError when Kafka does not answer, the topic does not exist, or too many letters are selected to tell repeats apart
     */
    public Reading read(LetterSelection selection, Predicate<DeadLetter> handler, Progress progress) {
        try (TopicScan scan = TopicScan.open(settings.bootstrapServers(), settings.topic(), settings.kafkaProperties())
                .requireTopic("kafka.dead-letter-topic")) {
            Map<Integer, TopicScan.Range> ranges = selection.within(scan.everything());
            long all =
                    ranges.values().stream().mapToLong(TopicScan.Range::length).sum();
            Pass pass = new Pass(selection, handler, progress, all);
            scan.read(ranges, pass::take);
            return new Reading(pass.repeats, pass.strangers);
        }
    }

    /** One reading's state. */
    private static final class Pass {
        private final LetterSelection selection;
        private final Predicate<DeadLetter> handler;
        private final Progress progress;
        private final long all;
        private final Set<Origin> origins = new HashSet<>();
        private long read;
        private long repeats;
        private long strangers;

        Pass(LetterSelection selection, Predicate<DeadLetter> handler, Progress progress, long all) {
            this.selection = selection;
            this.handler = handler;
            this.progress = progress;
            this.all = all;
        }

        boolean take(ConsumerRecord<byte[], byte[]> record) {
            read++;
            progress.at(read, all);
            Optional<DeadLetter> letter = DeadLetterDecoder.decode(record);
            if (letter.isEmpty()) {
                strangers++;
                return true;
            }
            if (!selection.matches(letter.get())) {
                return true;
            }
            if (!origins.add(letter.get().origin())) {
                repeats++;
                return true;
            }
            if (origins.size() > MAX_ORIGINS) {
                throw new UserError(
                        "more than " + MAX_ORIGINS + " letters are selected", "narrow them down with --from and --to");
            }
            return handler.test(letter.get());
        }
    }
}
