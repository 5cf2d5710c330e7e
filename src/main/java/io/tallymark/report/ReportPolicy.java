package io.tallymark.report;

import io.tallymark.usage.Meter;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Decides what to do with a due hour. A pure function of what the database knows, so it decides the same after any crash: an announced
 * intent is repeated unchanged until its fate is known, and only then is the difference told.
 */
final class ReportPolicy {
    static final String WAITING_FOR_CUSTOMER = "unmapped";
    static final String WAITING_FOR_ITEM = "unmapped subscription item";
    static final String WAITING_FOR_METER = "meter in tallymark.yaml";
    static final String AMBIGUOUS = "ambiguous: Stripe's summaries show neither that it arrived nor that it did not";
    static final String AMBIGUOUS_NEIGHBOUR = "ambiguous: another report of the same billing period is";

    /** Not a problem, but carried usage whose time will come. */
    static final String WAITING_FOR_START = "the beginning of its hour";

    static final String FOR_REVIEW = "review: it came after its hour was billed";
    static final String NOT_CARRIED = "review: it came after its hour was billed, and cannot be carried to another one";
    static final String BELOW_ZERO = "usage records are not below zero";
    static final String TOO_OLD = "too old to report";

    /** The parts of an hour close within seconds of each other; one that does not must not hold the others for ever. */
    static final Duration LONGEST_WAIT_FOR_CLOSE = Duration.ofMinutes(5);

    private static final Duration CLOSE_PAUSE = Duration.ofSeconds(5);

    private final TargetRule targets;
    private final Map<String, Meter> meters;

    ReportPolicy(List<Meter> meters, CustomerMapping customerMapping) {
        this.targets = new TargetRule(meters, customerMapping);
        this.meters = meters.stream().collect(Collectors.toUnmodifiableMap(Meter::metric, Function.identity()));
    }

    /** Where an hour is told; absent while its customer or meter is not known. */
    Optional<Target> target(HourStanding standing) {
        return targets.of(standing);
    }

    NextStep decide(HourStanding standing) {
        if (!targets.knows(standing.hour().metric())) {
            return new NextStep.ParkLane(WAITING_FOR_METER);
        }
        Optional<ReportIntent> unresolved = standing.unresolved();
        Optional<NextStep> doubt = unresolved.flatMap(intent -> DoubtRule.decide(standing, intent));
        if (doubt.isPresent()) {
            return doubt.get();
        }
        Optional<Target> target = targets.of(standing);
        Optional<Seal> seal = standing.sealed();
        if (seal.isPresent() && unresolved.isEmpty()) {
            return afterTheBill(standing, target, seal.get());
        }
        if (AgeRule.isTooOld(standing, target)) {
            return expire(standing, target, unresolved, TOO_OLD);
        }
        if (unresolved.isPresent()) {
            return repeat(standing, unresolved.get());
        }
        if (isSettled(standing, target)) {
            return new NextStep.Settle();
        }
        return waitForStart(standing)
                .or(() -> waitForClose(standing))
                .or(() -> belowZero(standing, target))
                .orElseGet(() -> tell(standing, target));
    }

    /** Usage records take no hour below zero, as one to which a late void was carried may be: what it is below goes to the next one. */
    private Optional<NextStep> belowZero(HourStanding standing, Optional<Target> target) {
        boolean below = standing.total().signum() < 0
                && target.filter(known -> known.mode().isUsageRecord()).isPresent()
                && addsUp(standing.hour());
        return below
                ? Optional.of(new NextStep.Carry(
                        standing.total(), standing.hour().start().plus(1, ChronoUnit.HOURS), BELOW_ZERO))
                : Optional.empty();
    }

    /** Stripe takes what is told of the hour, but bills it nowhere. */
    private NextStep afterTheBill(HourStanding standing, Optional<Target> target, Seal seal) {
        if (isSettled(standing, target)) {
            return new NextStep.Settle();
        }
        Optional<NextStep> wait = waitForClose(standing);
        if (wait.isPresent()) {
            return wait.get();
        }
        BigDecimal late = standing.total().subtract(standing.settled());
        return switch (seal.late()) {
            case DROP -> expire(standing, target, Optional.empty(), seal.cause());
            case HOLD -> new NextStep.HoldHour(FOR_REVIEW);
            case CARRY ->
                standing.isDoubtful() || Quantity.isZero(late) || !addsUp(standing.hour())
                        ? new NextStep.HoldHour(NOT_CARRIED)
                        : new NextStep.Carry(late, CarryHour.of(seal.carryTo(), standing.now()), seal.cause());
        };
    }

    private boolean addsUp(DueHour hour) {
        return meter(hour).aggregation().addsUp();
    }

    /**
     * A doubted total is told anew at once, before anything else in its lane: until then nobody knows what Stripe holds. So is one that
     * Stripe would refuse for its age.
     */
    private NextStep repeat(HourStanding standing, ReportIntent unresolved) {
        if (unresolved.doubtedAt().isEmpty() && !AgeRule.isTooOldToRepeat(unresolved, standing.now())) {
            return new NextStep.Resume(unresolved);
        }
        NextStep anew = rule(standing, unresolved.target()).tell();
        return anew instanceof NextStep.Send send ? new NextStep.Renew(unresolved, send.intent()) : anew;
    }

    private boolean isSettled(HourStanding standing, Optional<Target> target) {
        if (!Quantity.equal(standing.total(), standing.settled()) || standing.isDoubtful()) {
            return false;
        }
        return target.isEmpty() || rule(standing, target.get()).isTold();
    }

    /** What is carried to an hour that has not begun: Stripe takes no timestamps of the future. Other hours of the lane go on. */
    private static Optional<NextStep> waitForStart(HourStanding standing) {
        boolean future = standing.hour().start().isAfter(standing.now());
        return future ? Optional.of(new NextStep.HoldHour(WAITING_FOR_START)) : Optional.empty();
    }

    private static Optional<NextStep> waitForClose(HourStanding standing) {
        Instant now = standing.now();
        boolean fresh = standing.due().since().isAfter(now.minus(LONGEST_WAIT_FOR_CLOSE));
        return standing.open() && fresh ? Optional.of(new NextStep.LookAgain(now.plus(CLOSE_PAUSE))) : Optional.empty();
    }

    private NextStep tell(HourStanding standing, Optional<Target> target) {
        return target.map(known -> rule(standing, known).tell())
                .orElseGet(() -> new NextStep.ParkLane(targets.missing(standing)));
    }

    private TellRule rule(HourStanding standing, Target target) {
        return new TellRule(standing, target, meter(standing.hour()).aggregation());
    }

    private Meter meter(DueHour hour) {
        return Optional.ofNullable(meters.get(hour.metric())).orElseThrow();
    }

    private NextStep expire(
            HourStanding standing, Optional<Target> target, Optional<ReportIntent> abandoned, String cause) {
        BigDecimal givenUp = abandoned.map(ReportIntent::amount).orElse(BigDecimal.ZERO);
        BigDecimal rest = standing.total().subtract(standing.settled()).subtract(givenUp);
        if (Quantity.isZero(rest)) {
            return new NextStep.Expire(abandoned, Optional.empty(), cause);
        }
        Target where = target.orElseGet(() -> nowhere(meter(standing.hour())));
        return new NextStep.Expire(
                abandoned,
                Optional.of(ReportIntent.create(
                        standing.hour(),
                        standing.nextSequence(),
                        where,
                        where.mode().addsUp() ? rest : standing.total(),
                        rest,
                        standing.hour().start(),
                        ReportIntent.State.EXPIRED)),
                cause);
    }

    private static Target nowhere(Meter meter) {
        Meter.StripeReport report = meter.stripe().orElseThrow();
        return new Target(report.mode(), report.eventName(), "");
    }
}
