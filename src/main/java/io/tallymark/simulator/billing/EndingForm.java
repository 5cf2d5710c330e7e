package io.tallymark.simulator.billing;

import io.tallymark.simulator.call.Params;
import io.tallymark.simulator.call.Refusal;
import java.time.Instant;
import java.util.Optional;

/** Reads when a subscription is to end: at the end of its period, at a date, or not at all. */
final class EndingForm {
    private final Params params;
    private final Instant now;

    EndingForm(Params params, Instant now) {
        this.params = params;
        this.now = now;
    }

    Subscription.Ending read(Subscription before) {
        Optional<Boolean> atPeriodEnd = params.flag("cancel_at_period_end");
        if (params.text("cancel_at").isPresent()) {
            if (atPeriodEnd.orElse(false)) {
                throw Refusal.badRequest(
                        "",
                        "cancel_at",
                        "You may only specify one of these parameters: cancel_at, cancel_at_period_end.");
            }
            return decided(date(before), false);
        }
        if (atPeriodEnd.isPresent()) {
            return atPeriodEnd.get() ? decided(before.lastPeriodEnd(), true) : Subscription.Ending.OPEN;
        }
        return params.isUnset("cancel_at") ? Subscription.Ending.OPEN : before.ending();
    }

    private Subscription.Ending decided(Instant at, boolean atPeriodEnd) {
        String behavior = params.oneOf("proration_behavior", Proration.BEHAVIORS, Proration.CREATE);
        return new Subscription.Ending(at, atPeriodEnd, !behavior.equals(Proration.NONE), now, null);
    }

    private Instant date(Subscription before) {
        String text = params.required("cancel_at");
        if (text.equals("max_period_end")) {
            return before.lastPeriodEnd();
        }
        if (text.equals("min_period_end")) {
            return before.items().stream()
                    .map(SubscriptionItem::end)
                    .min(Instant::compareTo)
                    .orElseThrow();
        }
        Instant at = Times.at(params, "cancel_at").orElseThrow();
        if (!at.isAfter(now)) {
            throw Refusal.badRequest("", "cancel_at", "`cancel_at` must be in the future.");
        }
        return at;
    }
}
