package io.tallymark.dedup;

import io.tallymark.usage.UsageEvent;

/**
 * What is remembered of an identity: not the event, but enough to know it again.
 *
 * @param timeMillis event time of the record that decided, ms since the epoch: a withdrawal is of this time
 * @param latestTimeMillis latest event time that any record of the identity claimed; decides how long it is remembered
 * @param check see {@link ContentCheck}
 * @param standing how it stands
 */
public record SeenId(long timeMillis, long latestTimeMillis, long check, Standing standing) {
    static SeenId first(UsageEvent event, long check, Standing standing) {
        return new SeenId(event.timeMillis(), event.timeMillis(), check, standing);
    }

    /** A repeat that claims a later time is acceptable for longer, so the identity is remembered for longer. */
    SeenId seenAgain(UsageEvent repeat, Standing newStanding) {
        return new SeenId(timeMillis, Math.max(latestTimeMillis, repeat.timeMillis()), check, newStanding);
    }
}
