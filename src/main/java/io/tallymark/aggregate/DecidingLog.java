package io.tallymark.aggregate;

import io.tallymark.usage.Aggregation;
import io.tallymark.usage.Contribution;
import io.tallymark.usage.UsageKey;
import java.util.HashSet;
import java.util.Set;
import org.apache.flink.api.common.state.MapState;

/**
 * The contributions of each hour of a MAX or LAST meter, which no total can give back: when the one that decides is withdrawn, the next
 * best must be found. SUM and COUNT subtract and keep none.
 *
 * <p>Cost: a blind write of some 60 bytes for each event of such a meter. Nothing is read until the contribution that decides is withdrawn,
 * and then once for all withdrawals between two writes of the hour, twice through the hour's entries; in memory only the marks
 * of what is withdrawn. Bounded by the forget timer of the hour, which removes its entries one by one.
 */
final class DecidingLog {
    /** A slot is the hour and the place in it: one number, so that the state's keys stay small. 2^40 contributions an hour are enough. */
    private static final int PLACE_BITS = 40;

    private final MapState<Long, LoggedContribution> slots;

    DecidingLog(MapState<Long, LoggedContribution> slots) {
        this.slots = slots;
    }

    static boolean isNeededBy(Aggregation aggregation) {
        return switch (aggregation) {
            case SUM, COUNT -> false;
            case MAX, LAST -> true;
        };
    }

    /**
     * Writes a contribution down.
     *
     * @param before the total before it
     */
    void append(RunningTotal before, Contribution contribution) throws Exception {
        slots.put(slot(contribution.hour().epochHour(), before.contributions()), LoggedContribution.of(contribution));
    }

    /** The total with the value that the remaining contributions give it. */
    RunningTotal decide(RunningTotal total, long epochHour, UsageKey key, Aggregation aggregation) throws Exception {
        Set<Mark> withdrawn = new HashSet<>();
        for (long place = 0; place < total.contributions(); place++) {
            LoggedContribution logged = at(epochHour, place);
            if (logged.withdrawn()) {
                withdrawn.add(Mark.of(logged));
            }
        }
        RunningTotal remaining = RunningTotal.EMPTY;
        for (long place = 0; place < total.contributions(); place++) {
            LoggedContribution logged = at(epochHour, place);
            if (!withdrawn.contains(Mark.of(logged))) {
                remaining = remaining.with(logged.of(key), aggregation);
            }
        }
        return total.decidedBy(remaining);
    }

    /** Drops an hour; of a meter without a log this is one look. */
    void forget(RunningTotal total, long epochHour) throws Exception {
        if (!slots.contains(slot(epochHour, 0))) {
            return;
        }
        for (long place = 0; place < total.contributions(); place++) {
            slots.remove(slot(epochHour, place));
        }
    }

    private LoggedContribution at(long epochHour, long place) throws Exception {
        LoggedContribution logged = slots.get(slot(epochHour, place));
        if (logged == null) {
            throw new IllegalStateException("contribution " + place + " of the hour " + epochHour
                    + " is not in the log; was the meter's aggregation changed while the hour was open?");
        }
        return logged;
    }

    private static long slot(long epochHour, long place) {
        return (epochHour << PLACE_BITS) + place;
    }

    /** What an event is known by: without a time of its own, an id may be counted twice in one hour, when max-lateness is shorter. */
    private record Mark(long timeMillis, long high, long low) {
        static Mark of(LoggedContribution logged) {
            return new Mark(logged.timeMillis(), logged.fingerprintHigh(), logged.fingerprintLow());
        }
    }
}
