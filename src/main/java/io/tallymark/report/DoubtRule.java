package io.tallymark.report;

import io.tallymark.usage.BillingPeriod;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * When an intent that adds up may no longer be repeated, and what Stripe's summaries then have to say about it. Only modes that add
 * up are ever in doubt: a total may be told again at any age.
 */
final class DoubtRule {
    /** Stripe remembers an identifier for at least 24 h; after that a repeated delta counts twice. */
    static final Duration IDENTIFIER_TRUSTED = Duration.ofHours(23);
    /** Stripe's summaries are eventually consistent. A report that they do not show after this time never arrived. */
    static final Duration SUMMARY_LAG = Duration.ofHours(1);

    private DoubtRule() {}

    /** Absent when the same identifier may be sent again. */
    static Optional<NextStep> decide(HourStanding standing, ReportIntent unresolved) {
        if (unresolved.state() == ReportIntent.State.AMBIGUOUS) {
            return Optional.of(new NextStep.HoldHour(ReportPolicy.AMBIGUOUS));
        }
        if (!unresolved.mode().addsUp()) {
            return Optional.empty();
        }
        Optional<Instant> since = doubtedSince(unresolved);
        if (since.filter(instant -> !instant.isAfter(standing.now())).isEmpty()) {
            return Optional.empty();
        }
        Instant readable = unresolved.lastSentAt().orElse(since.get()).plus(SUMMARY_LAG);
        if (readable.isAfter(standing.now())) {
            return Optional.of(new NextStep.LookAgain(readable));
        }
        return Optional.of(ask(standing, unresolved));
    }

    private static Optional<Instant> doubtedSince(ReportIntent unresolved) {
        if (unresolved.doubtedAt().isPresent()) {
            return unresolved.doubtedAt();
        }
        return unresolved.firstSentAt().map(sent -> sent.plus(IDENTIFIER_TRUSTED));
    }

    private static NextStep ask(HourStanding standing, ReportIntent unresolved) {
        if (!unresolved.mode().isUsageRecord()) {
            Instant start = standing.hour().start();
            return new NextStep.Ask(
                    unresolved, new ReadBack(true, standing.told(), start, start.plus(1, ChronoUnit.HOURS)));
        }
        PeriodStanding billed = standing.periodStanding()
                .orElseThrow(() -> new IllegalStateException("no billing period was read for " + standing.hour()));
        if (billed.ambiguous()) {
            return new NextStep.HoldHour(ReportPolicy.AMBIGUOUS_NEIGHBOUR);
        }
        BigDecimal before = billed.told();
        BillingPeriod period = standing.mapping().period();
        return new NextStep.Ask(unresolved, new ReadBack(true, before, period.start(), period.end()));
    }
}
