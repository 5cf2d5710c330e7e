package io.tallymark.simulator.billing;

import io.tallymark.simulator.call.Metadata;
import io.tallymark.simulator.call.Params;
import io.tallymark.simulator.call.Refusal;
import io.tallymark.simulator.catalog.SimulatedPrice;
import io.tallymark.simulator.metering.Rhythm;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads the phases of a schedule. The first is the one that the subscription is in; each begins where the one before it ends. */
final class ScheduleForm {
    static final List<String> PARAMS =
            List.of("phases[*]", "end_behavior", "metadata", "metadata[*]", "proration_behavior");

    private static final List<String> PHASE =
            List.of("items", "start_date", "end_date", "duration", "proration_behavior", "metadata");

    private final Params params;
    private final ItemRules rules;
    private final Subscription subscription;
    private final Instant now;

    ScheduleForm(Params params, ItemRules rules, Subscription subscription, Instant now) {
        this.params = params;
        this.rules = rules;
        this.subscription = subscription;
        this.now = now;
    }

    /** The schedule as the call wants it; past phases stay. */
    Schedule read(Schedule before) {
        params.allowOnly(PARAMS);
        List<Schedule.Phase> phases = new ArrayList<>(before.phases());
        if (params.mentions("phases")) {
            phases = new ArrayList<>(before.phases().subList(0, before.current()));
            phases.addAll(comingPhases(before.currentPhase()));
        }
        return before.planned(
                phases,
                before.current(),
                params.oneOf("end_behavior", List.of(Schedule.RELEASE, Schedule.CANCEL), before.endBehavior()),
                params.isUnset("metadata") ? Map.of() : Metadata.merged(before.metadata(), params));
    }

    private List<Schedule.Phase> comingPhases(Schedule.Phase current) {
        List<Schedule.Phase> phases = new ArrayList<>();
        for (String element : params.elements("phases")) {
            params.allowOnlyWithin(element, PHASE);
            boolean past = Times.at(params, element + "[end_date]")
                    .filter(end -> !end.isAfter(current.start()))
                    .isPresent();
            if (!past) {
                Instant start = phases.isEmpty()
                        ? currentStart(element, current)
                        : phases.get(phases.size() - 1).end();
                requireStart(element, start);
                phases.add(phase(element, start));
            }
        }
        if (phases.isEmpty()) {
            throw Refusal.missing("phases");
        }
        return phases;
    }

    private Instant currentStart(String element, Schedule.Phase current) {
        if (params.text(element + "[start_date]").isEmpty()) {
            throw Refusal.badRequest(
                    "parameter_missing",
                    element + "[start_date]",
                    "The subscription schedule update is missing at least one phase with a `start_date` to anchor end"
                            + " dates to.");
        }
        return current.start();
    }

    private void requireStart(String element, Instant start) {
        Times.at(params, element + "[start_date]")
                .filter(given -> !given.equals(start))
                .ifPresent(given -> {
                    throw Refusal.badRequest(
                            "",
                            element + "[start_date]",
                            "A phase must start where the phase before it ends, and the current phase where it"
                                    + " started: at " + start.getEpochSecond() + ".");
                });
    }

    private Schedule.Phase phase(String element, Instant start) {
        List<ItemChange> wanted = ItemChange.created(params, element + "[items]");
        if (wanted.isEmpty()) {
            throw Refusal.missing(element + "[items]");
        }
        List<Schedule.PhaseItem> items = wanted.stream().map(this::item).toList();
        List<SimulatedPrice> prices =
                items.stream().map(Schedule.PhaseItem::price).toList();
        ItemRules.check(prices, subscription.flexible());
        Instant end = end(element, start, prices.get(0));
        if (!end.isAfter(start) || !end.isAfter(now)) {
            throw Refusal.badRequest(
                    "", element + "[end_date]", "The end date of a phase must be after its start date, and after now.");
        }
        return new Schedule.Phase(
                start,
                end,
                items,
                SubscriptionUpdate.behavior(params, element + "[proration_behavior]"),
                Metadata.merged(Map.of(), params, element + "[metadata]"));
    }

    private Schedule.PhaseItem item(ItemChange wanted) {
        SimulatedPrice price = rules.priceOf(wanted);
        if (!price.terms().currency().equals(subscription.currency())) {
            throw Refusal.badRequest(
                    "",
                    wanted.param() + "[price]",
                    "The price specified only supports `" + price.terms().currency()
                            + "`. This doesn't match the expected currency: `" + subscription.currency() + "`.");
        }
        Map<String, String> metadata = wanted.metadata() == null ? Map.of() : wanted.metadata();
        return new Schedule.PhaseItem(price, ItemRules.quantityOf(wanted, price, 1), metadata);
    }

    /** A phase whose end is not given lasts for one period of its price. */
    private Instant end(String element, Instant start, SimulatedPrice price) {
        String duration = element + "[duration]";
        if (params.mentions(duration)) {
            if (params.mentions(element + "[end_date]")) {
                throw Refusal.badRequest(
                        "", duration, "You may only specify one of these parameters: duration, end_date.");
            }
            params.allowOnlyWithin(duration, List.of("interval", "interval_count"));
            params.required(duration + "[interval]");
            String interval = params.oneOf(duration + "[interval]", List.of("day", "week", "month", "year"), "month");
            long count = params.integer(duration + "[interval_count]").orElse(1L);
            if (count < 1) {
                throw Refusal.badRequest(
                        "parameter_invalid_integer",
                        duration + "[interval_count]",
                        "This value must be greater than or equal to 1.");
            }
            return Rhythm.of(start, interval, count).boundary(1);
        }
        return Times.at(params, element + "[end_date]")
                .orElseGet(() -> subscription.anchor().rhythm(price).endAfter(start));
    }
}
