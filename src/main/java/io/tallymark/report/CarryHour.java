package io.tallymark.report;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;

/** With which hour late usage is billed: the first of the open period, as long as Stripe takes it with that hour's timestamp. */
public final class CarryHour {
    /** Leaves the reporter a day to tell it. */
    private static final Duration OLDEST = AgeRule.OLDEST_REPORT.minusDays(1);

    private CarryHour() {}

    /**
     * The hour to carry to.
     *
     * @param first hour of the open period
     * @return the running one when the first is too old, as in a period of a year or after one that was held for long: of the open
     *     period as well, or sealed for a later one, and then carried on
     */
    public static Instant of(Instant first, Instant now) {
        return first.isBefore(now.minus(OLDEST))
                ? now.atZone(ZoneOffset.UTC).truncatedTo(ChronoUnit.HOURS).toInstant()
                : first;
    }
}
