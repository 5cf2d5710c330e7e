package io.tallymark.dedup;

import io.tallymark.usage.Outcome;
import io.tallymark.usage.UsageEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What became of each record, when all of them are at hand: the rule of {@link DropDuplicates} said once more, in plain memory and
 * without its bounds. Records are added in their order, by append time, then partition and offset.
 */
public final class IdLedger {
    private final long maxLatenessMillis;
    private final Map<String, Identity> identities = new HashMap<>();
    private final EventIdentity identityOf = new EventIdentity();
    private final List<Line> lines = new ArrayList<>();

    public IdLedger(Duration maxLateness) {
        this.maxLatenessMillis = maxLateness.toMillis();
    }

    /** A record and what became of it. Changes while records are added: a void may come to meet its event. */
    public static final class Line {
        private final UsageEvent record;
        private final long check;
        private Outcome outcome = Outcome.COUNTED;
        private boolean takenOut;

        private Line(UsageEvent record) {
            this.record = record;
            this.check = record.contentCheck();
        }

        public UsageEvent record() {
            return record;
        }

        public Outcome outcome() {
            return outcome;
        }

        /** Whether a void took it out after it was counted. */
        public boolean takenOut() {
            return takenOut;
        }

        /** Whether it is in the totals. */
        public boolean stands() {
            return outcome == Outcome.COUNTED && !takenOut;
        }
    }

    /** One line for each record, in the order in which they were added. */
    public List<Line> lines() {
        return lines;
    }

    public void add(UsageEvent record) {
        Line line = new Line(record);
        lines.add(line);
        Identity identity = identities.get(identityOf.getKey(record));
        if (identity == null || record.appendTimeMillis() - identity.latestTimeMillis > maxLatenessMillis) {
            identity = new Identity();
            identities.put(identityOf.getKey(record), identity);
        }
        identity.latestTimeMillis = Math.max(identity.latestTimeMillis, record.timeMillis());
        line.outcome = record.isVoid() ? onVoid(line, identity) : onEvent(line, identity);
    }

    private Outcome onEvent(Line event, Identity identity) {
        Line counted = identity.counted;
        if (counted != null) {
            return counted.check == event.check ? Outcome.DUPLICATE : Outcome.CONFLICT;
        }
        identity.counted = event;
        for (Line waiting : List.copyOf(identity.idleVoids.values())) {
            waiting.outcome = meets(waiting, event) ? withdraw(event, identity, waiting) : Outcome.DEAD_LETTERED;
        }
        return Outcome.COUNTED;
    }

    private Outcome onVoid(Line theVoid, Identity identity) {
        if (identity.idleVoids.containsKey(theVoid.check)) {
            return Outcome.DUPLICATE;
        }
        Line counted = identity.counted;
        if (counted != null && counted.takenOut && counted.check == theVoid.check) {
            return Outcome.DUPLICATE;
        }
        if (counted != null && !counted.takenOut && meets(theVoid, counted)) {
            return withdraw(counted, identity, theVoid);
        }
        identity.idleVoids.put(theVoid.check, theVoid);
        return counted == null ? Outcome.VOID_WAITING : Outcome.DEAD_LETTERED;
    }

    private boolean meets(Line theVoid, Line event) {
        return theVoid.check == event.check
                && theVoid.record.appendTimeMillis() - event.record.timeMillis() <= maxLatenessMillis;
    }

    private static Outcome withdraw(Line event, Identity identity, Line theVoid) {
        event.takenOut = true;
        identity.idleVoids.remove(theVoid.check);
        return Outcome.WITHDRAWN;
    }

    private static final class Identity {
        private long latestTimeMillis = Long.MIN_VALUE;
        private @Nullable Line counted;
        /** By check: voids that took nothing out. */
        private final Map<Long, Line> idleVoids = new HashMap<>();
    }
}
