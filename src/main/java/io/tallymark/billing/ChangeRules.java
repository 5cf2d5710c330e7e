package io.tallymark.billing;

import io.tallymark.stripe.StripeSubscription;
import io.tallymark.usage.UserError;

/** What a plan must have in common with the subscription that is changed to it. */
final class ChangeRules {
    private ChangeRules() {}

    /** @throws UserError when its currency or its interval is another one */
    static void requireSameRhythm(StripeSubscription subscription, PlanPrices plan) {
        if (!subscription.currency().equals(plan.currency())) {
            throw other(subscription, plan, "in " + plan.currency(), "in " + subscription.currency());
        }
        subscription.items().stream()
                .filter(item ->
                        !item.interval().equals(plan.interval()) || item.intervalCount() != plan.intervalCount())
                .findFirst()
                .ifPresent(item -> {
                    throw other(
                            subscription,
                            plan,
                            "billed every " + plan.intervalCount() + " " + plan.interval(),
                            "billed every " + item.intervalCount() + " " + item.interval());
                });
    }

    private static UserError other(StripeSubscription subscription, PlanPrices plan, String wanted, String is) {
        return new UserError(
                "plan " + plan.plan().key() + " is " + wanted + ", and " + subscription.id() + " is " + is,
                "cancel the subscription at the end of its period and create one with the other plan then");
    }
}
