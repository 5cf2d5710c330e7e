package io.tallymark.audit;

import io.tallymark.dedup.EventIdentity;
import io.tallymark.dedup.IdLedger;
import io.tallymark.ingest.IngestSettings;
import io.tallymark.ingest.RecordReader;
import io.tallymark.usage.Rejection;
import io.tallymark.usage.TopicScan;
import io.tallymark.usage.UsageEvent;
import io.tallymark.usage.UserError;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Finds the events behind an hour by reading the topic again. What concerns an hour was stored from 5 minutes before its start, for
 * an event may be that much ahead, until max-lateness after its end. Reads only.
 */
public final class EventLookup implements AutoCloseable {
    /** About 500 bytes of memory each. */
    static final int MAX_RECORDS = 1_000_000;

    private static final long MAX_AHEAD_MILLIS = IngestSettings.MAX_AHEAD.toMillis();
    private static final Comparator<UsageEvent> RECORD_ORDER = Comparator.comparingLong(UsageEvent::appendTimeMillis)
            .thenComparing(event -> event.origin().partition())
            .thenComparing(event -> event.origin().offset());

    private final IngestSettings settings;
    private final RecordReader reader;
    private final TopicScan scan;
    private final EventIdentity identityOf = new EventIdentity();

    /** Hears how far a reading has come, after every record. */
    @FunctionalInterface
    public interface Progress {
        void at(long read, long all);
    }

    private EventLookup(IngestSettings settings, TopicScan scan) {
        this.settings = settings;
        this.reader = new RecordReader(settings);
        this.scan = scan;
    }

    /**
     * Opens the topic of usage events.
     *
     * @throws UserError when Kafka does not answer or the topic does not exist
     */
    public static EventLookup open(IngestSettings settings) {
        return new EventLookup(
                settings,
                TopicScan.open(settings.bootstrapServers(), settings.topic(), settings.kafkaProperties())
                        .requireTopic("kafka.topic"));
    }

    /** The hour's records, each with what became of it, as far as the hour's own records tell. */
    EventsFound find(ExplainQuestion question, Progress progress) {
        long fromMillis = question.hour().startMillis() - MAX_AHEAD_MILLIS;
        // A void may state no time, and is then known by its identity only.
        List<UsageEvent> kept =
                read(fromMillis, question, event -> event.isVoid() || question.concerns(event), progress);
        Set<String> identities = identities(kept, question);
        return found(
                question,
                fromMillis,
                kept.stream()
                        .filter(event -> identities.contains(identityOf.getKey(event)))
                        .toList());
    }

    /**
     * As {@link #find}, with every other record of the same identities: one may have been used before, in another hour or by another
     * customer. Reads the topic from as long before the hour as an id is remembered.
     */
    EventsFound findThoroughly(ExplainQuestion question, EventsFound before, Progress progress) {
        Set<String> identities =
                identities(before.lines().stream().map(IdLedger.Line::record).toList(), question);
        long fromMillis = question.hour().startMillis() - settings.maxLateness().toMillis() - 2 * MAX_AHEAD_MILLIS;
        return found(
                question,
                question.hour().startMillis() - MAX_AHEAD_MILLIS,
                read(fromMillis, question, event -> identities.contains(identityOf.getKey(event)), progress));
    }

    @Override
    public void close() {
        scan.close();
    }

    private Set<String> identities(List<UsageEvent> events, ExplainQuestion question) {
        return events.stream()
                .filter(question::concerns)
                .map(identityOf::getKey)
                .collect(Collectors.toCollection(HashSet::new));
    }

    private List<UsageEvent> read(
            long fromMillis, ExplainQuestion question, Predicate<UsageEvent> filter, Progress progress) {
        Map<Integer, TopicScan.Range> ranges = ranges(fromMillis, question);
        long all = ranges.values().stream().mapToLong(TopicScan.Range::length).sum();
        List<UsageEvent> events = new ArrayList<>();
        long[] read = {0};
        scan.read(ranges, record -> {
            progress.at(++read[0], all);
            reader.event(record).filter(filter).map(EventLookup::small).ifPresent(events::add);
            if (events.size() > MAX_RECORDS) {
                throw new UserError(
                        "more than " + MAX_RECORDS + " records concern this customer and hour",
                        "compare the hour with tallymark replay instead");
            }
            return true;
        });
        return events;
    }

    private Map<Integer, TopicScan.Range> ranges(long fromMillis, ExplainQuestion question) {
        Map<Integer, Long> starts = scan.offsetsAt(fromMillis);
        Map<Integer, TopicScan.Range> ranges = new TreeMap<>(scan.everything());
        // Timestamps that producers choose may go back, so that no offset is the last one.
        Map<Integer, Long> ends = settings.trustCreateTime()
                ? Map.of()
                : scan.offsetsAt(
                        question.hour().endMillis() + settings.maxLateness().toMillis());
        ranges.replaceAll((partition, range) -> new TopicScan.Range(
                starts.getOrDefault(partition, range.from()), ends.getOrDefault(partition, range.to())));
        return ranges;
    }

    private EventsFound found(ExplainQuestion question, long fromMillis, List<UsageEvent> events) {
        IdLedger ledger = new IdLedger(settings.maxLateness());
        events.stream().sorted(RECORD_ORDER).forEach(ledger::add);
        return new EventsFound(question, ledger.lines(), missing(fromMillis));
    }

    /** A partition that begins later than the hour's first possible record may have held more of them. */
    private Optional<String> missing(long fromMillis) {
        Map<Integer, Long> starts = scan.offsetsAt(fromMillis);
        List<String> cut = scan.everything().entrySet().stream()
                .filter(entry -> entry.getValue().from() > 0
                        && starts.getOrDefault(entry.getKey(), 0L)
                                <= entry.getValue().from())
                .map(entry -> settings.topic() + "-" + entry.getKey() + " begins at offset "
                        + entry.getValue().from())
                .toList();
        return cut.isEmpty()
                ? Optional.empty()
                : Optional.of("records stored from " + Instant.ofEpochMilli(fromMillis) + " on may be gone: "
                        + String.join(", ", cut));
    }

    /** Without the bytes that a void carries along for its dead letter. */
    private static UsageEvent small(UsageEvent event) {
        Rejection refusal = event.refusal();
        return refusal == null
                ? event
                : event.asVoid(Rejection.withoutBytes(
                        refusal.origin(), refusal.appendTimeMillis(), refusal.reason(), refusal.detail()));
    }
}
