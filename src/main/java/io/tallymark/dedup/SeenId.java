package io.tallymark.dedup;

import io.tallymark.usage.UsageEvent;

/**
 * What is remembered of an identity: not the event, but enough to know it again.
 *
 * @param timeMillis event time of the event that was counted, ms since the epoch: a withdrawal is of this time; until then of a void
 * @param latestTimeMillis latest event time that any record of the identity claimed; decides how long it is remembered
 * @param check {@link io.tallymark.usage.ContentCheck} of the event that was counted; until then of a void, and not compared
 * @param standing how it stands
 * @param idleVoids whether there are voids of it that took nothing out, which spares all other ids a look for them
 */
public record SeenId(long timeMillis, long latestTimeMillis, long check, Standing standing, boolean idleVoids) {
    static SeenId of(UsageEvent record, long check, Standing standing) {
        return new SeenId(record.timeMillis(), record.timeMillis(), check, standing, false);
    }

    /** A record that claims a later time is acceptable for longer, so the identity is remembered for longer. */
    SeenId rememberedFor(long timeMillis) {
        long latest = Math.max(latestTimeMillis, timeMillis);
        return new SeenId(this.timeMillis, latest, check, standing, idleVoids);
    }

    SeenId withdrawn() {
        return new SeenId(timeMillis, latestTimeMillis, check, Standing.WITHDRAWN, idleVoids);
    }

    SeenId withIdleVoids(boolean some) {
        return new SeenId(timeMillis, latestTimeMillis, check, standing, some);
    }
}
