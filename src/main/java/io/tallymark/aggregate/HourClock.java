package io.tallymark.aggregate;

import io.tallymark.usage.BillingHour;
import java.io.Serializable;
import java.time.Duration;

/** When an hour closes, when it can be forgotten and when a change is written: the three kinds of timer of {@link SumHours}. */
final class HourClock implements Serializable {
    private static final long serialVersionUID = 1L;
    /** As for ids: a quiet partition's watermark may run ahead by as much as the worker's clock does. */
    private static final long SLACK_MILLIS = Duration.ofHours(1).toMillis();

    private final long keepMillis;
    private final long earlyResultsMillis;

    HourClock(AggregateSettings settings) {
        // Whole hours, so that a forget timer never looks like a close timer.
        this.keepMillis = BillingHour.containing(settings.maxLateness().toMillis() + SLACK_MILLIS - 1)
                .endMillis();
        this.earlyResultsMillis = settings.earlyResults().toMillis();
    }

    /** The watermark that closes the hour: its last millisecond has passed. */
    long closeAtMillis(BillingHour hour) {
        return hour.endMillis() - 1;
    }

    /** The watermark after which no record for the hour can be accepted. */
    long forgetAtMillis(BillingHour hour) {
        return hour.endMillis() + keepMillis;
    }

    /** Whether an event-time timer closes an hour; forget timers never fall on the last millisecond of one. */
    static boolean isCloseTimer(long timestamp) {
        return Math.floorMod(timestamp + 1, BillingHour.MILLIS) == 0;
    }

    /** The hour that a forget timer speaks of. */
    BillingHour forgottenHour(long timestamp) {
        return BillingHour.containing(timestamp - keepMillis - 1);
    }

    /** The next wall-clock time at which changes are written; spread by key, so that not all keys write at once. */
    long nextWriteMillis(long nowMillis, int keyHash) {
        long offset = Math.floorMod(keyHash, earlyResultsMillis);
        return Math.floorDiv(nowMillis - offset, earlyResultsMillis) * earlyResultsMillis + earlyResultsMillis + offset;
    }
}
