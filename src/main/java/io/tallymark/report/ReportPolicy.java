package io.tallymark.report;

import io.tallymark.usage.Meter;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
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
        if (AgeRule.isTooOld(standing, target)) {
            return expire(standing, target, unresolved);
        }
        if (unresolved.isPresent()) {
            return repeat(standing, unresolved.get());
        }
        if (isSettled(standing, target)) {
            return new NextStep.Settle();
        }
        return waitForClose(standing).orElseGet(() -> tell(standing, target));
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
        Meter meter = Optional.ofNullable(meters.get(standing.hour().metric())).orElseThrow();
        return new TellRule(standing, target, meter.aggregation());
    }

    private NextStep expire(HourStanding standing, Optional<Target> target, Optional<ReportIntent> abandoned) {
        BigDecimal givenUp = abandoned.map(ReportIntent::amount).orElse(BigDecimal.ZERO);
        BigDecimal rest = standing.total().subtract(standing.settled()).subtract(givenUp);
        if (Quantity.isZero(rest)) {
            return new NextStep.Expire(abandoned, Optional.empty());
        }
        Meter meter = Optional.ofNullable(meters.get(standing.hour().metric())).orElseThrow();
        Target where = target.orElseGet(() -> nowhere(meter));
        return new NextStep.Expire(
                abandoned,
                Optional.of(ReportIntent.create(
                        standing.hour(),
                        standing.nextSequence(),
                        where,
                        where.mode().addsUp() ? rest : standing.total(),
                        rest,
                        standing.hour().start(),
                        ReportIntent.State.EXPIRED)));
    }

    private static Target nowhere(Meter meter) {
        Meter.StripeReport report = meter.stripe().orElseThrow();
        return new Target(report.mode(), report.eventName(), "");
    }
}
