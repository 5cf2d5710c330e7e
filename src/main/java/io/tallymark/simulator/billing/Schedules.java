package io.tallymark.simulator.billing;

import io.tallymark.simulator.call.ApiReply;
import io.tallymark.simulator.call.Metadata;
import io.tallymark.simulator.call.Page;
import io.tallymark.simulator.call.Params;
import io.tallymark.simulator.call.Refusal;
import io.tallymark.simulator.call.Routes;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The endpoints of subscription schedules, and what they do when a phase begins or the last one ends. The caller locks it. */
final class Schedules {
    static final String PATH = "/v1/subscription_schedules";

    private final BillingClock clock;
    private final Agenda agenda;
    private final ScheduleBook book;
    private final SubscriptionChange.Billed billed;
    private final SubscriptionLife life;

    Schedules(
            BillingClock clock,
            Agenda agenda,
            ScheduleBook book,
            SubscriptionChange.Billed billed,
            SubscriptionLife life) {
        this.clock = clock;
        this.agenda = agenda;
        this.book = book;
        this.billed = billed;
        this.life = life;
    }

    void addTo(Routes routes) {
        routes.add("POST", PATH, clock.locked((none, params) -> create(params)))
                .add("GET", PATH, clock.locked((none, params) -> list(params)))
                .add("GET", PATH + "/{}", clock.locked(this::retrieve))
                .add("POST", PATH + "/{}", clock.locked(this::update))
                .add("POST", PATH + "/{}/release", clock.locked(this::release))
                .add("POST", PATH + "/{}/cancel", clock.locked(this::cancel));
    }

    private ApiReply create(Params params) {
        params.allowOnly(List.of("from_subscription", "metadata[*]"));
        String id = params.required("from_subscription");
        Subscription subscription = billed.book()
                .find(id)
                .filter(Subscription::isAlive)
                .orElseThrow(() -> Refusal.badRequest(
                        "resource_missing", "from_subscription", "No such subscription: '" + id + "'"));
        if (!subscription.schedule().isEmpty()) {
            throw Refusal.badRequest(
                    "",
                    "from_subscription",
                    "You cannot migrate a subscription that is already attached to a schedule: "
                            + subscription.schedule());
        }
        Schedule schedule = new Schedule(
                book.nextId(),
                subscription.customer(),
                subscription.id(),
                subscription.flexible(),
                clock.now(),
                List.of(currentPhase(subscription)),
                0,
                Schedule.RELEASE,
                Metadata.merged(Map.of(), params),
                Schedule.ACTIVE,
                null);
        plan(schedule);
        life.change(subscription.withSchedule(schedule.id()), clock.now(), false);
        return reply(schedule);
    }

    /** The period that the subscription is in, with what it has now. */
    private static Schedule.Phase currentPhase(Subscription subscription) {
        SubscriptionItem shortest = subscription.items().stream()
                .min(Comparator.comparing(SubscriptionItem::end))
                .orElseThrow();
        return new Schedule.Phase(
                shortest.start(),
                shortest.end(),
                subscription.items().stream()
                        .map(item -> new Schedule.PhaseItem(item.price(), item.quantity(), item.metadata()))
                        .toList(),
                Proration.CREATE,
                subscription.texts().metadata());
    }

    private ApiReply list(Params params) {
        params.allowOnly(
                Stream.concat(Page.PARAMS.stream(), Stream.of("customer")).toList());
        return Page.of(
                book.newestFirst().stream()
                        .filter(schedule -> Subscriptions.is(params, "customer", schedule.customer()))
                        .map(ScheduleJson::of)
                        .toList(),
                PATH,
                params);
    }

    private ApiReply retrieve(String id, Params params) {
        params.allowOnly(List.of());
        return reply(book.get(id));
    }

    private ApiReply update(String id, Params params) {
        Schedule before = active(id, "update");
        Subscription subscription = billed.book().get(before.subscription());
        Schedule schedule = new ScheduleForm(params, billed.rules(), subscription, clock.now()).read(before);
        String behavior = SubscriptionUpdate.behavior(params, "proration_behavior");
        Subscription changed = book.apply(subscription, schedule.currentPhase(), clock.now(), behavior, false);
        plan(schedule);
        life.change(changed.withEnding(ending(schedule)), clock.now(), behavior.equals(Proration.INVOICE));
        return reply(schedule);
    }

    private Subscription.Ending ending(Schedule schedule) {
        return schedule.cancels()
                ? new Subscription.Ending(schedule.end(), false, true, clock.now(), null)
                : Subscription.Ending.OPEN;
    }

    private ApiReply release(String id, Params params) {
        params.allowOnly(List.of("preserve_cancel_date"));
        Schedule schedule = active(id, "release");
        boolean keepsEnd = params.flag("preserve_cancel_date").orElse(false);
        return reply(release(schedule, keepsEnd, clock.now()));
    }

    private ApiReply cancel(String id, Params params) {
        params.allowOnly(List.of("invoice_now", "prorate"));
        Schedule schedule = active(id, "cancel");
        boolean invoicesNow = params.flag("invoice_now").orElse(true);
        boolean prorates = params.flag("prorate").orElse(true);
        book.put(schedule.closed(Schedule.CANCELED, clock.now()));
        life.cancel(billed.book().get(schedule.subscription()), invoicesNow, prorates, clock.now());
        return reply(book.get(id));
    }

    private Schedule active(String id, String what) {
        Schedule schedule = book.get(id);
        if (!schedule.isActive()) {
            throw Refusal.badRequest(
                    "",
                    "",
                    "You cannot " + what + " a subscription schedule that is in the `" + schedule.status()
                            + "` status. You can only " + what + " one in the `active` status.");
        }
        return schedule;
    }

    private Schedule release(Schedule schedule, boolean keepsEnd, Instant at) {
        Schedule released = schedule.closed(Schedule.RELEASED, at);
        book.put(released);
        Subscription subscription = billed.book().get(schedule.subscription()).withSchedule("");
        life.change(keepsEnd ? subscription : subscription.withEnding(Subscription.Ending.OPEN), at, false);
        return released;
    }

    /** Keeps it, and comes back at each start of a phase and at its end. */
    private void plan(Schedule schedule) {
        book.put(schedule);
        schedule.phases().stream()
                .map(Schedule.Phase::end)
                .forEach(end -> agenda.at(end, Agenda.Turn.PHASES, at -> turn(schedule.id(), at)));
    }

    /** Where a period begins as well, the renewal has entered the phase already. */
    private void turn(String id, Instant at) {
        Schedule schedule = book.get(id);
        if (!schedule.isActive()) {
            return;
        }
        Subscription subscription = billed.book().get(schedule.subscription());
        Subscription entered = book.enter(subscription, at, false);
        if (book.get(id).current() != schedule.current()) {
            boolean invoicesNow = book.get(id).currentPhase().behavior().equals(Proration.INVOICE);
            life.change(entered, at, invoicesNow);
        } else if (!schedule.end().isAfter(at)) {
            release(schedule, false, at);
        }
    }

    private static ApiReply reply(Schedule schedule) {
        return ApiReply.ok(ScheduleJson.of(schedule));
    }
}
