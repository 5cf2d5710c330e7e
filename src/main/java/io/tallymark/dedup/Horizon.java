package io.tallymark.dedup;

import io.tallymark.usage.BillingHour;
import io.tallymark.usage.UserError;
import java.io.Serializable;
import java.time.Duration;
import java.util.Locale;
import org.apache.flink.runtime.execution.SuppressRestartsException;

/**
 * How long an id is remembered: until no record with its event time can be accepted any more. After that its repeats are refused by
 * age, so an event is counted at most once for ever, with bounded state.
 */
final class Horizon implements Serializable {
    private static final long serialVersionUID = 1L;
    /** Room for a worker's clock that runs ahead of the broker's, since a quiet partition's watermark follows the worker's. */
    private static final long SLACK_MILLIS = Duration.ofHours(1).toMillis();

    /** Before this, a watermark stands for no time at all. */
    private static final long MILLIS_THAT_ARE_HOURS = Long.MAX_VALUE / 2;

    private final long maxLatenessMillis;

    Horizon(Duration maxLateness) {
        this.maxLatenessMillis = maxLateness.toMillis();
    }

    long maxLatenessMillis() {
        return maxLatenessMillis;
    }

    /**
     * Refuses state of which ids went by a shorter horizon: events that this one accepts may have been counted, and nobody knows.
     *
     * @throws SuppressRestartsException with the reason and the remedy
     */
    void requireStateOf(long shortestMillis) {
        if (shortestMillis < maxLatenessMillis) {
            String remedy = "set max-lateness to " + text(shortestMillis) + " or less; or start the job without state"
                    + " (no -s, no checkpoint): it remembers as long as you want from then on";
            throw new SuppressRestartsException(new UserError(
                    "metering.max-lateness is " + text(maxLatenessMillis) + ", but the job's state is of a job that"
                            + " remembered ids for " + text(shortestMillis)
                            + ": repeats of older events would be counted again\nTo mend it: " + remedy,
                    remedy));
        }
    }

    private static String text(long millis) {
        return Duration.ofMillis(millis).toString().substring(2).toLowerCase(Locale.ROOT);
    }

    /**
     * Whether a record stored then can still concern an event time: the rule of acceptance. It decides both whether an identity is
     * known, by its latest event time and whatever the state says, and whether a void can still take out what was counted.
     */
    boolean reaches(long eventTimeMillis, long appendTimeMillis) {
        return appendTimeMillis - eventTimeMillis <= maxLatenessMillis;
    }

    /** The earliest event time that a record stored then can concern. */
    long earliestReachedBy(long appendTimeMillis) {
        return appendTimeMillis - maxLatenessMillis;
    }

    /** The watermark at which the id can go, rounded up to an hour so that many ids share one timer's time. */
    long forgetAtMillis(long eventTimeMillis) {
        return BillingHour.containing(eventTimeMillis + maxLatenessMillis + SLACK_MILLIS)
                .endMillis();
    }

    /** Whether the watermark lets all ids go whose latest event time is in an hour. */
    boolean isOver(long epochHour, long watermarkMillis) {
        return forgottenAtMillis(epochHour) <= watermarkMillis;
    }

    /** The watermark at which the last id of an hour can go. */
    long forgottenAtMillis(long epochHour) {
        return forgetAtMillis(new BillingHour(epochHour).endMillis() - 1);
    }

    /** The whole hour up to which a watermark lets ids go: they go by the hour. */
    static long lastHourMillis(long watermarkMillis) {
        return watermarkMillis < -MILLIS_THAT_ARE_HOURS
                ? Long.MIN_VALUE
                : BillingHour.containing(watermarkMillis).startMillis();
    }
}
