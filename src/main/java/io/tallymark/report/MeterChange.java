package io.tallymark.report;

import io.tallymark.report.MeterHistory.Told;
import io.tallymark.usage.Meter;
import io.tallymark.usage.Meter.StripeReport;
import io.tallymark.usage.ReportMode;
import io.tallymark.usage.UserError;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a changed way of reporting does to hours that were told before. Each of them stays where it was told; so a change is refused when
 * Stripe could not bill the old and the new side by side.
 *
 * <pre>
 * same event name, another mode            refused: one Stripe meter fits one mode
 * another metric's event name              refused: totals of the two overwrite each other, and of deltas added up nobody could say
 *                                          which is missing, or told twice
 * another event name, sum or count         each hour is told to one of the two
 * another event name, max or last          refused: the running period would be told to both, whole
 * usage record, set or increment           each hour is told to one subscription item, and set or added there
 * </pre>
 */
public final class MeterChange {
    private final MeterHistory history;
    private final List<Meter> configured;

    /** @param configured all meters of tallymark.yaml */
    public MeterChange(MeterHistory history, List<Meter> configured) {
        this.history = history;
        this.configured = List.copyOf(configured);
    }

    /** The changes that would bill wrong, each with its remedy. */
    public List<UserError> problems() {
        List<UserError> problems = new ArrayList<>();
        for (Meter meter : changed()) {
            StripeReport stripe = meter.stripe().orElseThrow();
            history.told().stream()
                    .flatMap(told -> problem(meter, stripe, told).stream())
                    .forEach(problems::add);
        }
        return problems;
    }

    /** Subscription items are each a customer's own, and take totals beside increments. */
    private List<Meter> changed() {
        return configured.stream()
                .filter(history::isChanged)
                .filter(meter -> !meter.stripe().orElseThrow().mode().isUsageRecord())
                .toList();
    }

    private static Optional<UserError> problem(Meter meter, StripeReport stripe, Told told) {
        boolean sameMetric = told.metric().equals(meter.metric());
        boolean sameName = told.eventName().equals(stripe.eventName());
        if (sameName && told.mode() != stripe.mode()) {
            return Optional.of(sameMetric ? otherMode(stripe, told) : otherModeOfAnother(meter, stripe, told));
        }
        if (sameName && !sameMetric) {
            return Optional.of(takenOver(meter, told));
        }
        boolean wholePeriod = !meter.aggregation().addsUp() && told.mode() == ReportMode.PERIOD_TOTAL;
        return sameMetric && !sameName && wholePeriod ? Optional.of(periodTwice(stripe, told)) : Optional.empty();
    }

    private static UserError otherMode(StripeReport stripe, Told told) {
        return new UserError(
                "meter " + told.metric() + ": stripe.mode " + told.mode().configName() + " -> "
                        + stripe.mode().configName() + " with the same event-name " + told.eventName()
                        + ": hours that Stripe was told in mode " + told.mode().configName()
                        + " may be told again in it until " + told.openUntil() + ", and one Stripe meter fits one mode",
                "keep mode " + told.mode().configName()
                        + ", or name another Stripe meter in stripe.event-name: hours that were told stay with "
                        + told.eventName() + ", whose Stripe meter must stay active");
    }

    private static UserError otherModeOfAnother(Meter meter, StripeReport stripe, Told told) {
        return new UserError(
                "meter " + meter.metric() + ": stripe.mode " + stripe.mode().configName() + " with the event-name "
                        + told.eventName() + ", under which Stripe was told meter " + told.metric() + " in mode "
                        + told.mode().configName() + ": its hours may be told again until " + told.openUntil()
                        + ", and one Stripe meter fits one mode",
                "name another Stripe meter in stripe.event-name");
    }

    private static UserError takenOver(Meter meter, Told told) {
        return new UserError(
                "meter " + meter.metric() + ": Stripe was told meter " + told.metric() + " under the event-name "
                        + told.eventName() + " in mode " + told.mode().configName()
                        + ", and may be told its hours again until " + told.openUntil()
                        + (told.mode().addsUp()
                                ? ": Stripe adds the two up, so what it holds could be compared with neither"
                                : ": totals of the two overwrite each other there"),
                "keep the metric name " + told.metric() + ", or name another Stripe meter in stripe.event-name");
    }

    private static UserError periodTwice(StripeReport stripe, Told told) {
        return new UserError(
                "meter " + told.metric() + ": event-name " + told.eventName() + " -> " + stripe.eventName()
                        + ": billing periods that Stripe was told under " + told.eventName() + " may run until "
                        + told.openUntil() + ", and would be told whole under " + stripe.eventName() + " too",
                "keep event-name " + told.eventName()
                        + ", or give the meter another metric name too: it counts from its start on then");
    }
}
