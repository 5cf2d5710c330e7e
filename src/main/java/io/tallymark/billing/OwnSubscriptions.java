package io.tallymark.billing;

import io.tallymark.stripe.StripeSubscription;
import io.tallymark.usage.UserError;
import java.util.List;
import java.util.Optional;

/** The subscriptions of one customer, as Stripe has them now. */
record OwnSubscriptions(String customerId, List<StripeSubscription> all) {
    OwnSubscriptions {
        all = List.copyOf(all);
    }

    List<StripeSubscription> live() {
        return all.stream().filter(StripeSubscription::isLive).toList();
    }

    /** The live one that we made for a plan. */
    Optional<StripeSubscription> liveWith(String plan) {
        return live().stream()
                .filter(subscription ->
                        subscription.mark(SubscriptionMarks.PLAN).equals(plan))
                .filter(subscription ->
                        subscription.mark(SubscriptionMarks.CUSTOMER).equals(customerId))
                .findFirst();
    }

    /**
     * The one to be changed: the only live one that we made, or else the only live one that bills usage.
     *
     * @throws UserError when there is none or more than one
     */
    StripeSubscription only() {
        List<StripeSubscription> ours = live().stream()
                .filter(subscription ->
                        subscription.mark(SubscriptionMarks.CUSTOMER).equals(customerId))
                .toList();
        List<StripeSubscription> candidates = ours.isEmpty()
                ? live().stream()
                        .filter(subscription -> subscription.items().stream().anyMatch(item -> item.isMetered()))
                        .toList()
                : ours;
        if (candidates.isEmpty()) {
            throw new UserError(
                    customerId + " has no live subscription",
                    "./tallymark subscription create --customer " + customerId + " --plan PLAN");
        }
        if (candidates.size() > 1) {
            throw new UserError(
                    customerId + " has several live subscriptions: "
                            + String.join(
                                    ", ",
                                    candidates.stream()
                                            .map(StripeSubscription::id)
                                            .toList()),
                    "end all but one in Stripe's dashboard");
        }
        return candidates.get(0);
    }
}
