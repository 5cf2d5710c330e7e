package io.tallymark.embedded.rehearsal;

import io.tallymark.config.Settings;
import io.tallymark.embedded.LocalStack;
import io.tallymark.embedded.Teardown;
import io.tallymark.usage.UserError;

/** Lets a whole stack go by one clock: the simulator has it from its start, database and topic follow it. */
public final class Rehearsal {
    private Rehearsal() {}

    /**
     * The same settings, for a topic whose timestamps producers choose.
     *
     * @throws UserError when every heartbeat would be a dead letter
     */
    public static Settings settings(Settings settings) {
        if (settings.ingest().unknownTypesRejected()) {
            throw new UserError(
                    "metering.unknown-types: reject does not go with a rehearsal, whose heartbeat is an event of an unknown type",
                    "rehearse with a configuration that ignores unknown types");
        }
        return settings.trustingCreateTime();
    }

    /**
     * Begins before the job is submitted, so that the job never sees the real time.
     *
     * @param settings that {@link #settings} made, on this stack
     * @param partitions of the topic, which is there
     */
    public static void begin(
            Teardown teardown, LocalStack stack, Settings settings, int partitions, RehearsalClock clock)
            throws Exception {
        clock.follow(new RehearsedDatabase(settings.database()));
        Heartbeat heartbeat = teardown.open(() -> Heartbeat.start(
                stack.kafka().bootstrapServers(), settings.ingest().topic(), partitions, clock));
        clock.follow(heartbeat);
    }
}
