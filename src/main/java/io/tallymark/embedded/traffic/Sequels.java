package io.tallymark.embedded.traffic;

import io.tallymark.embedded.traffic.Expectation.Usage;
import java.util.random.RandomGenerator;

/** Decides what else is sent about an event: repeats, repeats that conflict with it, and voids. */
final class Sequels {
    private static final int ORPHANS = 10;
    private static final int MISMATCHES = 5;
    private static final int BEFORE = 3;
    private static final int TWICE = 3;

    private final TrafficMix mix;
    private final RandomGenerator random;
    private final EventFactory events;
    private final RecordWriter writer;
    private final Repeats later;

    Sequels(TrafficMix mix, RandomGenerator random, EventFactory events, RecordWriter writer, Repeats later) {
        this.mix = mix;
        this.random = random;
        this.events = events;
        this.writer = writer;
        this.later = later;
    }

    /** What is sent of an event now; the rest is sent later. */
    TrafficRecord first(EventDraft draft, Usage usage, long index, long append) {
        int draw = random.nextInt(TrafficMix.WHOLE);
        if (draw < mix.voided()) {
            return withVoids(draft, usage.withVoids(), index, append);
        }
        TrafficRecord record = writer.write(draft, append);
        if (draw < mix.voided() + mix.conflicting()) {
            // After it in its own partition: the event is what comes first, for every reader of the topic.
            EventDraft conflict = events.altered(draft, usage).expecting(new Expectation.Conflict());
            later.addPinned(writer.write(conflict, append).again(record.partition(), append), index);
        }
        repeatSometimes(record, index);
        return record;
    }

    private TrafficRecord withVoids(EventDraft draft, Usage usage, long index, long append) {
        boolean matching = random.nextInt(MISMATCHES) != 0;
        EventDraft content = matching ? draft : events.altered(draft, usage);
        TrafficRecord event = writer.write(draft.expecting(usage), append);
        TrafficRecord theVoid =
                writer.write(content.asVoid().expecting(new Expectation.Withdrawal(usage, matching)), append);
        if (random.nextInt(ORPHANS) == 0) {
            return theVoid;
        }
        if (matching && random.nextInt(TWICE) == 0) {
            later.add(theVoid, index);
        }
        repeatSometimes(event, index);
        if (random.nextInt(BEFORE) == 0) {
            later.addPinned(event.again(theVoid.partition(), append), index);
            return theVoid;
        }
        later.add(theVoid, index);
        return event;
    }

    private void repeatSometimes(TrafficRecord record, long index) {
        if (random.nextInt(TrafficMix.WHOLE) < mix.repeated()) {
            later.add(record, index);
        }
    }
}
