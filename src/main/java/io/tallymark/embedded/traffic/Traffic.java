package io.tallymark.embedded.traffic;

import io.tallymark.usage.RejectReason;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * The records in the order in which they are sent, then, where the end is known in advance, one ignored record a partition that closes
 * the last hours. Draws far from every limit, so that what becomes of a record is certain.
 */
public final class Traffic implements Iterator<TrafficRecord> {
    private static final List<Defect> DEFECTS = List.of(Defect.values());
    private static final List<Garbage> GARBAGE = List.of(Garbage.values());
    private static final String UNMETERED = "audit.login";
    private static final String CLOSING = "traffic.closed";
    private static final long TYPICAL_DELAY_MILLIS = Duration.ofSeconds(30).toMillis();
    private static final long AHEAD_MILLIS = Duration.ofMinutes(3).toMillis();
    private static final long LATE_MIN_MILLIS = Duration.ofMinutes(5).toMillis();
    private static final long LATE_MAX_MILLIS = Duration.ofHours(20).toMillis();
    private static final long TOO_LATE_MIN_MILLIS =
            Duration.ofDays(7).plusHours(1).toMillis();
    private static final long TOO_LATE_MAX_MILLIS = Duration.ofDays(40).toMillis();
    private static final long FUTURE_MIN_MILLIS = Duration.ofMinutes(20).toMillis();
    private static final long FUTURE_MAX_MILLIS = Duration.ofDays(2).toMillis();
    private static final int AHEAD_PER_THOUSAND = 10;
    private static final int TIMELESS_PER_THOUSAND = 10;

    private final TrafficSettings settings;
    private final AppendTime appendTime;
    private final RandomGenerator random;
    private final EventFactory events;
    private final RecordWriter writer;
    private final Repeats repeats;
    private final Sequels sequels;

    private long nextIndex;
    private int nextClosing;

    public Traffic(TrafficSettings settings, AppendTime appendTime) {
        this.settings = settings;
        this.appendTime = appendTime;
        this.random = new SplittableRandom(settings.seed());
        this.events = new EventFactory(settings, random);
        this.writer = new RecordWriter(settings, random);
        this.repeats = new Repeats(settings.records(), random);
        this.sequels = new Sequels(settings.mix(), random, events, writer, repeats);
    }

    @Override
    public boolean hasNext() {
        return nextIndex < settings.records()
                || (appendTime.closingMillis().isPresent() && nextClosing < settings.partitions());
    }

    @Override
    public TrafficRecord next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        if (nextIndex == settings.records()) {
            return closing(nextClosing++, appendTime.closingMillis());
        }
        long index = nextIndex++;
        long append = appendTime.millisOf(index);
        Optional<Repeats.Repeat> repeat = repeats.due(index);
        return repeat.isPresent() ? again(repeat.get(), append) : fresh(index, append);
    }

    private TrafficRecord again(Repeats.Repeat repeat, long append) {
        TrafficRecord record = repeat.record();
        return record.again(repeat.pinned() ? record.partition() : writer.partition(), append);
    }

    private TrafficRecord fresh(long index, long append) {
        return switch (settings.mix().kind(random.nextInt(TrafficMix.WHOLE))) {
            case IN_TIME -> inTime(index, append);
            case LATE -> countable(index, append, append - between(LATE_MIN_MILLIS, LATE_MAX_MILLIS));
            case TOO_LATE ->
                refused(RejectReason.TOO_LATE, append, append - between(TOO_LATE_MIN_MILLIS, TOO_LATE_MAX_MILLIS));
            case FUTURE ->
                refused(RejectReason.IN_FUTURE, append, append + between(FUTURE_MIN_MILLIS, FUTURE_MAX_MILLIS));
            case MALFORMED -> malformed(append);
            case IGNORED -> writer.write(events.unmetered(UNMETERED, justBefore(append)), append);
        };
    }

    private TrafficRecord inTime(long index, long append) {
        int draw = random.nextInt(TrafficMix.WHOLE);
        if (draw < AHEAD_PER_THOUSAND) {
            return countable(index, append, append + random.nextLong(AHEAD_MILLIS));
        }
        boolean timeless = draw < AHEAD_PER_THOUSAND + TIMELESS_PER_THOUSAND;
        if (timeless && appendTime.closingMillis().isPresent()) {
            return timeless(append);
        }
        return countable(index, append, append - random.nextLong(TYPICAL_DELAY_MILLIS));
    }

    private TrafficRecord countable(long index, long append, long eventMillis) {
        EventDraft draft = events.usage(EventTime.draw(eventMillis, random));
        return sequels.first(draft, (Expectation.Usage) draft.expectation(), index, append);
    }

    /** Without a time the append time counts. Never repeated: then the first copy would choose the hour. */
    private TrafficRecord timeless(long append) {
        EventDraft draft = events.usage(new EventTime(append, ""));
        draft.envelope().remove("time");
        return writer.write(draft, append);
    }

    private TrafficRecord refused(RejectReason reason, long append, long eventMillis) {
        EventDraft sound = events.usage(EventTime.draw(eventMillis, random));
        return writer.write(refused(sound, reason), append);
    }

    private TrafficRecord malformed(long append) {
        EventDraft sound = events.apiRequest(justBefore(append));
        boolean damage = random.nextInt(DEFECTS.size() + GARBAGE.size()) < DEFECTS.size();
        return damage ? damaged(sound, draw(DEFECTS), append) : garbage(sound, draw(GARBAGE), append);
    }

    private TrafficRecord damaged(EventDraft sound, Defect defect, long append) {
        defect.applyTo(sound.envelope());
        EventForm drawn = writer.form();
        EventForm form = defect.fitsHeaders() ? drawn : EventForm.STRUCTURED;
        return writer.write(refused(sound, defect.reason()), form, append);
    }

    private TrafficRecord garbage(EventDraft sound, Garbage garbage, long append) {
        EventForm.Written written = EventForm.UNTYPED.write(sound.envelope());
        EventDraft refused = refused(sound, RejectReason.UNREADABLE);
        return writer.record(refused, writer.partition(), append, garbage.value(written.value()), written.headers());
    }

    private static EventDraft refused(EventDraft sound, RejectReason reason) {
        return sound.expecting(new Expectation.DeadLetter(reason));
    }

    private TrafficRecord closing(int partition, OptionalLong closingMillis) {
        long append = closingMillis.orElseThrow();
        EventDraft draft = events.unmetered(CLOSING, EventTime.draw(append, random));
        EventForm.Written written = EventForm.STRUCTURED.write(draft.envelope());
        return writer.record(draft, partition, append, Optional.of(written.value()), written.headers());
    }

    private EventTime justBefore(long append) {
        return EventTime.draw(append - random.nextLong(TYPICAL_DELAY_MILLIS), random);
    }

    private <T> T draw(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    private long between(long min, long max) {
        return random.nextLong(min, max);
    }
}
