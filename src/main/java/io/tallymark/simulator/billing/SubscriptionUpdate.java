package io.tallymark.simulator.billing;

import io.tallymark.simulator.call.Params;
import io.tallymark.simulator.call.Refusal;
import java.time.Instant;
import java.util.List;

/** Reads what a call changes of a subscription, and refuses what Stripe refuses. */
final class SubscriptionUpdate {
    private static final List<String> PARAMS = List.of(
            "items[*]",
            "proration_behavior",
            "proration_date",
            "cancel_at_period_end",
            "cancel_at",
            "metadata",
            "metadata[*]",
            "description",
            "collection_method",
            "days_until_due",
            "billing_cycle_anchor",
            "payment_behavior",
            "off_session");

    private final Params params;
    private final SubscriptionChange.Billed billed;
    private final Instant now;

    SubscriptionUpdate(Params params, SubscriptionChange.Billed billed, Instant now) {
        this.params = params;
        this.billed = billed;
        this.now = now;
    }

    Subscription apply(Subscription before) {
        params.allowOnly(PARAMS);
        requireAlive(before);
        requireOwnEnding(before);
        Subscription changed = before.withTexts(SubscriptionTexts.read(params, before.texts()));
        boolean reset = params.oneOf("billing_cycle_anchor", List.of("now", "unchanged"), "unchanged")
                .equals("now");
        if (params.mentions("items") || reset) {
            changed = items(changed, ItemChange.changed(params, "items"), "proration_date", reset);
        }
        return changed.withEnding(new EndingForm(params, now).read(changed));
    }

    boolean invoicesNow() {
        return behavior(params, "proration_behavior").equals(Proration.INVOICE);
    }

    private Subscription items(Subscription before, List<ItemChange> changes, String dateParam, boolean reset) {
        Instant prorationAt = prorationAt(params, dateParam, before, now);
        return SubscriptionChange.apply(
                billed,
                before,
                changes,
                new SubscriptionChange.Terms(now, prorationAt, behavior(params, "proration_behavior"), false, reset));
    }

    static String behavior(Params params, String name) {
        return params.oneOf(name, Proration.BEHAVIORS, Proration.CREATE);
    }

    static Instant prorationAt(Params params, String name, Subscription before, Instant now) {
        Instant at = Times.at(params, name).orElse(now);
        boolean inside =
                before.items().stream().allMatch(item -> !at.isBefore(item.start()) && !at.isAfter(item.end()));
        if (!inside && params.text(name).isPresent()) {
            throw Refusal.badRequest(
                    "", name, "Invalid proration_date: it must be within the subscription's current period.");
        }
        return at;
    }

    private void requireAlive(Subscription before) {
        if (!before.isAlive() && params.values().keySet().stream().anyMatch(name -> !name.startsWith("metadata"))) {
            throw Refusal.badRequest(
                    "", "", "A canceled subscription can only update its cancellation_details and metadata.");
        }
    }

    private void requireOwnEnding(Subscription before) {
        if (!before.schedule().isEmpty() && (params.mentions("cancel_at") || params.mentions("cancel_at_period_end"))) {
            throw Refusal.badRequest(
                    "",
                    "",
                    "The subscription is managed by the subscription schedule `" + before.schedule()
                            + "`, and updating any cancelation behavior directly is not allowed. Please update the"
                            + " schedule instead.");
        }
    }
}
