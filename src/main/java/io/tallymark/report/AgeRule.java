package io.tallymark.report;

import io.tallymark.usage.ReportMode;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** When Stripe takes nothing more about an hour. */
final class AgeRule {
    /** Stripe takes timestamps of at most 35 days; the margin covers the way there. */
    static final Duration OLDEST_REPORT = Duration.ofDays(35).minusMinutes(5);
    /** Younger than a new one may be: what was announced at the last moment must not be given up a moment later. */
    static final Duration OLDEST_REPEAT = Duration.ofDays(35).minusMinutes(1);
    /** Usage records of a period that is over are taken in its first minutes only. */
    static final Duration USAGE_RECORD_GRACE = Duration.ofMinutes(4);

    private AgeRule() {}

    static boolean isTooOld(HourStanding standing, Optional<Target> target) {
        Optional<ReportMode> mode = target.map(Target::mode);
        if (mode.filter(ReportMode::isUsageRecord).isPresent()) {
            return standing.mapping().anchored()
                    && isOver(standing.mapping().period().end(), USAGE_RECORD_GRACE, standing.now());
        }
        // A period's value may be told with any timestamp of the period.
        Instant newest = mode.filter(known -> known == ReportMode.PERIOD_TOTAL).isPresent()
                ? standing.mapping().period().end().minusSeconds(1)
                : standing.hour().start();
        return isOver(newest, OLDEST_REPORT, standing.now());
    }

    /** Whether Stripe would refuse an announced report, whose timestamp stands, although its hour may still be told. */
    static boolean isTooOldToRepeat(ReportIntent announced, Instant now) {
        return announced.mode() == ReportMode.PERIOD_TOTAL && isOver(announced.timestamp(), OLDEST_REPEAT, now);
    }

    private static boolean isOver(Instant instant, Duration grace, Instant now) {
        return instant.isBefore(now.minus(grace));
    }
}
