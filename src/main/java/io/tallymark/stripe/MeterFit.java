package io.tallymark.stripe;

import io.tallymark.usage.Meter;
import io.tallymark.usage.UserError;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The one question to Stripe before a job starts: whether one of its meters would bill wrong. A Stripe that is away stops nothing. */
public final class MeterFit {
    private static final Duration LONGEST_CALL = Duration.ofSeconds(5);

    private MeterFit() {}

    /** Meters that would bill wrong, each with its remedy; absent when Stripe does not answer, or not with this key. */
    public static Optional<List<UserError>> problems(StripeSettings settings, List<Meter> meters) {
        if (meters.stream().allMatch(MeterFit::hasNoStripeMeter)) {
            return Optional.of(List.of());
        }
        Duration deadline =
                settings.callDeadline().compareTo(LONGEST_CALL) < 0 ? settings.callDeadline() : LONGEST_CALL;
        try (StripeReadings stripe = StripeReadings.open(settings.withCallDeadline(deadline))) {
            return Optional.of(new MeterCheck(stripe).misfits(meters));
        } catch (UserError e) {
            return Optional.empty();
        }
    }

    private static boolean hasNoStripeMeter(Meter meter) {
        return meter.stripe().filter(report -> !report.mode().isUsageRecord()).isEmpty();
    }
}
