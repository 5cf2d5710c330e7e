package io.tallymark.report;

import io.tallymark.usage.Meter;
import io.tallymark.usage.Meter.StripeReport;
import io.tallymark.usage.ReportMode;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Decides what to do with a due hour. A pure function of what the database knows, so it decides the same after any crash: an announced
 * intent is repeated unchanged until its fate is known, and only then is the difference told.
 */
final class ReportPolicy {
    static final String WAITING_FOR_CUSTOMER = "customer mapping";
    static final String WAITING_FOR_METER = "meter in tallymark.yaml";
    static final String AMBIGUOUS_BY_AGE = "ambiguous: outcome unknown for over 23 h";
    static final String AMBIGUOUS_BY_REFUSAL = "ambiguous: refused after an unknown outcome";

    /** Stripe takes timestamps of at most 35 days; the margin covers the way there. */
    static final Duration OLDEST_REPORT = Duration.ofDays(35).minusMinutes(5);
    /** Stripe remembers an identifier for at least 24 h; after that a repeated delta counts twice. */
    static final Duration IDENTIFIER_TRUSTED = Duration.ofHours(23);
    /** The parts of an hour close within seconds of each other; one that does not must not hold the others for ever. */
    static final Duration LONGEST_WAIT_FOR_CLOSE = Duration.ofMinutes(5);

    private final Map<String, StripeReport> meters;
    private final CustomerMapping customerMapping;

    ReportPolicy(List<Meter> meters, CustomerMapping customerMapping) {
        this.meters = meters.stream()
                .filter(meter -> meter.stripe().isPresent())
                .collect(Collectors.toUnmodifiableMap(
                        Meter::metric, meter -> meter.stripe().orElseThrow()));
        this.customerMapping = customerMapping;
    }

    NextStep decide(HourStanding standing) {
        Optional<StripeReport> meter =
                Optional.ofNullable(meters.get(standing.hour().metric()));
        if (meter.isEmpty()) {
            return new NextStep.ParkLane(WAITING_FOR_METER);
        }
        Optional<ReportIntent> unresolved = standing.unresolved();
        if (unresolved.filter(intent -> isAmbiguous(intent, standing.now())).isPresent()) {
            return new NextStep.HoldHour(AMBIGUOUS_BY_AGE);
        }
        if (standing.hour().start().isBefore(standing.now().minus(OLDEST_REPORT))) {
            return expire(standing, meter.get());
        }
        if (unresolved.isPresent()) {
            return new NextStep.Resume(unresolved.get());
        }
        if (Quantity.equal(standing.total(), standing.settled()) && !standing.isDoubtful()) {
            return new NextStep.Settle();
        }
        if (standing.open() && standing.dueSince().isAfter(standing.now().minus(LONGEST_WAIT_FOR_CLOSE))) {
            return new NextStep.WaitForClose();
        }
        return tell(standing, meter.get());
    }

    private static boolean isAmbiguous(ReportIntent unresolved, Instant now) {
        return unresolved.mode() == ReportMode.DELTA
                && unresolved
                        .firstSentAt()
                        .filter(sent -> sent.isBefore(now.minus(IDENTIFIER_TRUSTED)))
                        .isPresent();
    }

    private NextStep tell(HourStanding standing, StripeReport meter) {
        Optional<String> customer = stripeCustomer(standing);
        if (customer.isEmpty()) {
            return new NextStep.ParkLane(WAITING_FOR_CUSTOMER);
        }
        BigDecimal amount = standing.total().subtract(standing.settled());
        return new NextStep.Send(intent(standing, meter, customer.get(), amount, ReportIntent.State.PENDING));
    }

    // Once told, an hour stays with the Stripe customer and meter that know it: telling another one the total would
    // bill it twice.
    private static ReportIntent intent(
            HourStanding standing, StripeReport meter, String customer, BigDecimal amount, ReportIntent.State state) {
        Optional<ReportIntent> before = standing.lastTold();
        ReportMode mode = before.map(ReportIntent::mode).orElse(meter.mode());
        BigDecimal value = switch (mode) {
            case HOURLY_TOTAL -> standing.total();
            case DELTA -> amount;
            default -> throw new IllegalStateException("not yet: " + mode);
        };
        return ReportIntent.create(
                standing.hour(),
                standing.nextSequence(),
                mode,
                before.map(ReportIntent::eventName).orElse(meter.eventName()),
                customer,
                value,
                amount,
                standing.hour().start(),
                state);
    }

    private Optional<String> stripeCustomer(HourStanding standing) {
        Optional<String> told = standing.lastTold().map(ReportIntent::stripeCustomerId);
        if (told.isPresent()) {
            return told;
        }
        return switch (customerMapping) {
            case TABLE -> standing.customer();
            case IDENTITY -> Optional.of(standing.hour().customerId());
        };
    }

    private NextStep expire(HourStanding standing, StripeReport meter) {
        Optional<ReportIntent> abandoned = standing.unresolved();
        BigDecimal givenUp = abandoned.map(ReportIntent::amount).orElse(BigDecimal.ZERO);
        BigDecimal rest = standing.total().subtract(standing.settled()).subtract(givenUp);
        if (Quantity.isZero(rest)) {
            return new NextStep.Expire(abandoned, Optional.empty());
        }
        String customer = stripeCustomer(standing).orElse("");
        return new NextStep.Expire(
                abandoned, Optional.of(intent(standing, meter, customer, rest, ReportIntent.State.EXPIRED)));
    }
}
