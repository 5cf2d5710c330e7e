package io.tallymark.billing;

import io.tallymark.usage.BillingHour;
import io.tallymark.usage.UserError;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;

/**
 * Finds a moment at which Stripe knows all usage but the running hour's, with enough of that hour left: a call that is made then takes
 * effect within the same hour, by our clock and by Stripe's, so that nobody has to know its exact second.
 */
final class QuietMoment {
    /** A call's deadline, and how far two clocks may differ, with room to spare. */
    static final Duration MARGIN = Duration.ofMinutes(2);

    private static final int MOST_HOURS = 3;

    private final UsageGate gate;
    private final Mirror mirror;
    private final Pause pause;

    QuietMoment(UsageGate gate, Mirror mirror, Pause pause) {
        this.gate = gate;
        this.mirror = mirror;
        this.pause = pause;
    }

    /**
     * Waits for it.
     *
     * @return now
     * @throws UserError when the usage cannot be settled
     */
    Instant await(String customerId, Set<String> metrics) throws SQLException {
        for (int hour = 0; hour < MOST_HOURS; hour++) {
            BillingHour running = BillingHour.containing(mirror.now());
            if (!metrics.isEmpty()) {
                gate.settle(customerId, metrics, running.start());
            }
            Instant now = mirror.now();
            Instant end = Instant.ofEpochMilli(running.endMillis());
            if (now.plus(MARGIN).isBefore(end)) {
                return now;
            }
            pause.until(end);
        }
        throw new UserError(
                "the usage of " + customerId + " was not settled within an hour, " + MOST_HOURS + " times",
                "look at ./tallymark status, then run it again");
    }
}
