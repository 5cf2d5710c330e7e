package io.tallymark.stripe;

import io.tallymark.usage.Meter;
import io.tallymark.usage.ReportMode;
import io.tallymark.usage.UserError;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Compares the reported meters of tallymark.yaml with those of the Stripe account: a wrong window there bills wrong. */
public final class MeterCheck {
    private final StripeReadings stripe;

    public MeterCheck(StripeReadings stripe) {
        this.stripe = stripe;
    }

    /**
     * Everything that is wrong, each with its remedy; empty when all is well.
     *
     * @throws UserError when Stripe cannot be asked
     */
    public List<UserError> problems(List<Meter> meters) {
        List<UserError> problems = new ArrayList<>();
        for (Meter meter : meters) {
            meter.stripe().flatMap(report -> problem(meter, report)).ifPresent(problems::add);
        }
        return problems;
    }

    private Optional<UserError> problem(Meter meter, Meter.StripeReport report) {
        String name = "meter " + meter.metric() + ": Stripe";
        Optional<StripeMeter> found = stripe.findMeter(report.eventName());
        if (found.isEmpty()) {
            return Optional.of(new UserError(
                    name + " has no active meter with the event name " + report.eventName(),
                    "create it in Stripe: formula sum, " + windowText(report.mode())));
        }
        StripeMeter.Formula formula = found.get().formula();
        StripeMeter.Window window = found.get().window();
        if (formula == StripeMeter.Formula.SUM && window == window(report.mode())) {
            return Optional.empty();
        }
        return Optional.of(new UserError(
                name + "'s meter " + report.eventName() + " has formula " + formula + " and window " + window
                        + "; the mode " + report.mode().configName() + " would bill wrong with it",
                "name another Stripe meter with formula sum, " + windowText(report.mode()) + ", or another mode"));
    }

    /** The window that a mode needs: with hourly totals Stripe must keep only the last one of an hour. */
    public static StripeMeter.Window window(ReportMode mode) {
        return mode == ReportMode.HOURLY_TOTAL ? StripeMeter.Window.HOUR : StripeMeter.Window.RAW;
    }

    private static String windowText(ReportMode mode) {
        return mode == ReportMode.HOURLY_TOTAL ? "event_time_window=hour" : "without event_time_window";
    }
}
