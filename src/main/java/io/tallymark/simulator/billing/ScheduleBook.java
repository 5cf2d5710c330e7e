package io.tallymark.simulator.billing;

import io.tallymark.simulator.call.Ids;
import io.tallymark.simulator.call.Refusal;
import io.tallymark.simulator.call.Shelf;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The schedules as they are now, and what they make of their subscriptions. The caller locks it. */
final class ScheduleBook implements SubscriptionLife.Plan {
    private final SubscriptionChange.Billed billed;
    private final Ids ids = new Ids("sub_sched_");
    private final Shelf<Schedule> schedules = new Shelf<>();

    /** @param billed whose rules let pass a price that was archived after it was planned */
    ScheduleBook(SubscriptionChange.Billed billed) {
        this.billed = billed;
    }

    String nextId() {
        return ids.next();
    }

    void put(Schedule schedule) {
        schedules.put(schedule.id(), schedule);
    }

    Schedule get(String id) {
        return schedules.find(id).orElseThrow(() -> Refusal.noSuch("subscription schedule", id));
    }

    List<Schedule> newestFirst() {
        return schedules.newestFirst();
    }

    @Override
    public Subscription enter(Subscription subscription, Instant at, boolean opening) {
        Optional<Schedule> entering = entering(subscription, at);
        entering.ifPresent(this::put);
        return entering.map(schedule -> begin(subscription, schedule.currentPhase(), at, opening))
                .orElse(subscription);
    }

    @Override
    public Subscription foresee(Subscription subscription, Instant at) {
        return entering(subscription, at)
                .map(schedule -> begin(subscription, schedule.currentPhase(), at, true))
                .orElse(subscription);
    }

    /** The schedule in its next phase, if that begins by an instant. */
    private Optional<Schedule> entering(Subscription subscription, Instant at) {
        return schedules
                .find(subscription.schedule())
                .filter(Schedule::isActive)
                .filter(schedule -> schedule.current() + 1 < schedule.phases().size())
                .map(schedule -> schedule.inPhase(schedule.current() + 1))
                .filter(schedule -> !schedule.currentPhase().start().isAfter(at));
    }

    private Subscription begin(Subscription subscription, Schedule.Phase phase, Instant at, boolean opening) {
        return apply(subscription, phase, at, phase.behavior(), opening);
    }

    @Override
    public void ended(Subscription subscription, Instant at) {
        schedules.find(subscription.schedule()).filter(Schedule::isActive).ifPresent(schedule -> {
            boolean asPlanned = schedule.cancels() && schedule.end().equals(at);
            put(schedule.closed(asPlanned ? Schedule.COMPLETED : Schedule.CANCELED, at));
        });
    }

    /** The subscription as a phase wants it. Items with the same price stay; the others go, and new ones come. */
    Subscription apply(Subscription subscription, Schedule.Phase phase, Instant at, String behavior, boolean opening) {
        Map<String, String> metadata = new HashMap<>(subscription.texts().metadata());
        metadata.putAll(phase.metadata());
        List<ItemChange> changes = changes(subscription, phase);
        Subscription described = subscription.withTexts(subscription.texts().withMetadata(metadata));
        SubscriptionChange.Terms terms = new SubscriptionChange.Terms(at, at, behavior, opening, false);
        return changes.isEmpty() ? described : SubscriptionChange.apply(billed, described, changes, terms);
    }

    private static List<ItemChange> changes(Subscription subscription, Schedule.Phase phase) {
        List<ItemChange> changes = new ArrayList<>();
        for (SubscriptionItem item : subscription.items()) {
            if (phase.items().stream().noneMatch(wanted -> isOf(item, wanted))) {
                changes.add(ItemChange.delete(item, !subscription.flexible()));
            }
        }
        for (Schedule.PhaseItem wanted : phase.items()) {
            Optional<SubscriptionItem> present = subscription.items().stream()
                    .filter(item -> isOf(item, wanted))
                    .findFirst();
            if (present.isEmpty()) {
                changes.add(change("", wanted));
            } else if (present.get().quantity() != wanted.quantity()) {
                changes.add(change(present.get().id(), wanted));
            }
        }
        return changes;
    }

    private static boolean isOf(SubscriptionItem item, Schedule.PhaseItem wanted) {
        return item.price().id().equals(wanted.price().id());
    }

    private static ItemChange change(String id, Schedule.PhaseItem wanted) {
        Long quantity = SubscriptionItem.isMetered(wanted.price()) ? null : (Long) wanted.quantity();
        return new ItemChange("phases", id, wanted.price().id(), quantity, false, false, wanted.metadata());
    }
}
