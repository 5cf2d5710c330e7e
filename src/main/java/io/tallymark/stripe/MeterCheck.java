package io.tallymark.stripe;

import io.tallymark.usage.Meter;
import io.tallymark.usage.ReportMode;
import io.tallymark.usage.UserError;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Compares the reported meters of tallymark.yaml with what the Stripe account has: a wrong formula or window there bills wrong, and usage
 * records need an account that still has them.
 */
public final class MeterCheck {
    private final StripeReadings stripe;

    public MeterCheck(StripeReadings stripe) {
        this.stripe = stripe;
    }

    /**
     * What came of the comparison.
     *
     * @param problems everything that is wrong, each with its remedy
     * @param notes what could not be checked
     */
    public record Findings(List<UserError> problems, List<String> notes) {
        public Findings {
            problems = List.copyOf(problems);
            notes = List.copyOf(notes);
        }
    }

    /**
     * Asks Stripe about every meter.
     *
     * @param mappedItems {@code si_…} ids of billing_item; the first one shows whether the account has usage records. Asked only when a
     *     meter needs them
     * @throws UserError when Stripe cannot be asked
     */
    public Findings findings(List<Meter> meters, Supplier<List<String>> mappedItems) {
        List<UserError> problems = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        List<String> legacy = new ArrayList<>();
        for (Meter meter : meters) {
            meter.stripe().ifPresent(report -> {
                if (report.mode().isUsageRecord()) {
                    legacy.add(meter.metric());
                } else {
                    problem(meter, report).ifPresent(problems::add);
                }
            });
        }
        if (!legacy.isEmpty()) {
            checkUsageRecords(legacy, mappedItems.get(), problems, notes);
        }
        return new Findings(problems, notes);
    }

    /**
     * Only the active Stripe meters that would bill wrong, by one reading of all.
     *
     * @throws UserError when Stripe cannot be asked
     */
    List<UserError> misfits(List<Meter> meters) {
        Map<String, StripeMeter> active = stripe.meters().stream()
                .filter(StripeMeter::active)
                .collect(Collectors.toMap(StripeMeter::eventName, Function.identity(), (one, other) -> one));
        return meters.stream()
                .flatMap(meter -> meter
                        .stripe()
                        .filter(report -> !report.mode().isUsageRecord())
                        .flatMap(report -> Optional.ofNullable(active.get(report.eventName()))
                                .flatMap(found -> misfit(meter, report, found)))
                        .stream())
                .toList();
    }

    /** The formula that the meter of a mode needs: a period total replaces the one before, everything else adds up. */
    public static StripeMeter.Formula formula(ReportMode mode) {
        return switch (mode) {
            case HOURLY_TOTAL, DELTA -> StripeMeter.Formula.SUM;
            case PERIOD_TOTAL -> StripeMeter.Formula.LAST;
            case USAGE_RECORD_SET, USAGE_RECORD_INCREMENT -> throw noMeter(mode);
        };
    }

    /** The window that the meter of a mode needs: with hourly totals Stripe must keep only the last one of an hour. */
    public static StripeMeter.Window window(ReportMode mode) {
        return switch (mode) {
            case HOURLY_TOTAL -> StripeMeter.Window.HOUR;
            case DELTA, PERIOD_TOTAL -> StripeMeter.Window.RAW;
            case USAGE_RECORD_SET, USAGE_RECORD_INCREMENT -> throw noMeter(mode);
        };
    }

    private Optional<UserError> problem(Meter meter, Meter.StripeReport report) {
        String name = "meter " + meter.metric() + ": Stripe";
        Optional<StripeMeter> found = stripe.findMeter(report.eventName());
        if (found.isEmpty()) {
            return Optional.of(new UserError(
                    name + " has no active meter with the event name " + report.eventName(),
                    "create it in Stripe: " + needed(report.mode())));
        }
        return misfit(meter, report, found.get()).or(() -> payloadProblem(name, found.get()));
    }

    private static Optional<UserError> misfit(Meter meter, Meter.StripeReport report, StripeMeter found) {
        StripeMeter.Formula formula = found.formula();
        StripeMeter.Window window = found.window();
        if (formula == formula(report.mode()) && window == window(report.mode())) {
            return Optional.empty();
        }
        return Optional.of(new UserError(
                "meter " + meter.metric() + ": Stripe's meter " + report.eventName() + " has " + text(formula, window)
                        + "; the mode " + report.mode().configName() + " would bill wrong with it",
                "name another Stripe meter with " + needed(report.mode()) + ", or another mode"));
    }

    private static Optional<UserError> payloadProblem(String name, StripeMeter meter) {
        if (meter.hasOurKeys()) {
            return Optional.empty();
        }
        return Optional.of(new UserError(
                name + "'s meter " + meter.eventName() + " reads the payload's keys " + meter.customerKey() + " and "
                        + meter.valueKey() + ", and would drop every event",
                "name another Stripe meter, with the keys " + StripeMeter.CUSTOMER_KEY + " and "
                        + StripeMeter.VALUE_KEY));
    }

    private void checkUsageRecords(
            List<String> metrics, List<String> items, List<UserError> problems, List<String> notes) {
        if (items.isEmpty()) {
            notes.add("whether the account still has usage records, which " + String.join(", ", metrics)
                    + " needs, could not be checked: billing_item maps no subscription item yet");
            return;
        }
        stripe.usageRecordProblem(items.get(0)).ifPresent(problems::add);
    }

    private static String needed(ReportMode mode) {
        return text(formula(mode), window(mode));
    }

    private static String text(StripeMeter.Formula formula, StripeMeter.Window window) {
        return "formula " + word(formula) + ", "
                + (window == StripeMeter.Window.RAW
                        ? "without event_time_window"
                        : "event_time_window=" + word(window));
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static IllegalArgumentException noMeter(ReportMode mode) {
        return new IllegalArgumentException(mode + " goes to a subscription item, not to a meter");
    }
}
