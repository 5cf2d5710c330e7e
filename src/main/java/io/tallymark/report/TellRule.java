package io.tallymark.report;

import io.tallymark.usage.Aggregation;
import io.tallymark.usage.ReportMode;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * What is told of an hour, by mode. A value is a pure function of the standing, so one identifier never carries two.
 *
 * <pre>
 * hourly-total             the hour's total, at the start of the hour
 * delta                    what is missing, signed, at the start of the hour
 * period-total, sum        what was told of the period, and what is missing
 * period-total, max, last  the largest, or the newest, closed hour of the period
 *                          both at a timestamp that is newer than any before: the newest one wins
 * usage record, set        the hour's total, at the start of the hour
 * usage record, increment  what is missing; when that is negative, the hour's total is set
 * </pre>
 */
final class TellRule {
    static final String NOT_WHOLE = "usage records take whole numbers only, not below zero";
    static final String NO_TIMESTAMP = "no later timestamp is left in the billing period";

    private final HourStanding standing;
    private final Target target;
    private final Aggregation aggregation;
    private final BigDecimal missing;

    TellRule(HourStanding standing, Target target, Aggregation aggregation) {
        this.standing = standing;
        this.target = target;
        this.aggregation = aggregation;
        this.missing = standing.total().subtract(standing.settled());
    }

    NextStep tell() {
        return switch (target.mode()) {
            case HOURLY_TOTAL -> send(target.mode(), standing.total(), hourStart());
            case DELTA -> send(target.mode(), missing, hourStart());
            case PERIOD_TOTAL -> tellPeriod();
            case USAGE_RECORD_SET -> sendWhole(ReportMode.USAGE_RECORD_SET, standing.total());
            case USAGE_RECORD_INCREMENT -> increment();
        };
    }

    /** Whether an hour of which nothing is missing needs no telling: a period's value may change without a change of its hours. */
    boolean isTold() {
        boolean additive = aggregation == Aggregation.SUM || aggregation == Aggregation.COUNT;
        if (target.mode() != ReportMode.PERIOD_TOTAL || additive) {
            return true;
        }
        return Quantity.equal(periodValue(), billed().newestToldValue().orElse(BigDecimal.ZERO));
    }

    private NextStep tellPeriod() {
        Instant timestamp = nextTimestamp();
        return timestamp.isBefore(standing.mapping().period().end())
                ? send(target.mode(), periodValue(), timestamp)
                : new NextStep.HoldHour(NO_TIMESTAMP);
    }

    private BigDecimal periodValue() {
        return switch (aggregation) {
            case SUM, COUNT -> billed().told().add(missing);
            case MAX -> billed().largestHour();
            case LAST -> billed().newestHour();
        };
    }

    private Instant nextTimestamp() {
        Instant afterAll =
                billed().newestReported().map(newest -> newest.plusSeconds(1)).orElse(Instant.MIN);
        Instant accepted = standing.now()
                .minus(AgeRule.OLDEST_REPORT)
                .truncatedTo(ChronoUnit.SECONDS)
                .plusSeconds(1);
        return later(later(hourStart(), afterAll), accepted);
    }

    /**
     * A negative increment is refused, and one on a total of unknown fate would keep its mistake; setting the total overwrites all at the
     * hour's timestamp.
     */
    private NextStep increment() {
        return missing.signum() < 0 || standing.isDoubtful()
                ? sendWhole(ReportMode.USAGE_RECORD_SET, standing.total())
                : sendWhole(ReportMode.USAGE_RECORD_INCREMENT, missing);
    }

    private NextStep sendWhole(ReportMode mode, BigDecimal value) {
        boolean whole = value.signum() >= 0 && Quantity.plain(value).scale() <= 0;
        return whole ? send(mode, value, hourStart()) : new NextStep.HoldHour(NOT_WHOLE);
    }

    private NextStep send(ReportMode mode, BigDecimal value, Instant timestamp) {
        return new NextStep.Send(ReportIntent.create(
                standing.hour(),
                standing.nextSequence(),
                new Target(mode, target.name(), target.stripeCustomerId()),
                value,
                missing,
                timestamp,
                ReportIntent.State.PENDING));
    }

    private Instant hourStart() {
        return standing.hour().start();
    }

    private PeriodStanding billed() {
        return standing.periodStanding()
                .orElseThrow(() -> new IllegalStateException("no billing period was read for " + standing.hour()));
    }

    private static Instant later(Instant left, Instant right) {
        return left.isAfter(right) ? left : right;
    }
}
