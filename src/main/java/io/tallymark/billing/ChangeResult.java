package io.tallymark.billing;

import io.tallymark.stripe.StripeBilling.ItemChange;
import io.tallymark.stripe.StripeSubscription;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a command did to a subscription.
 *
 * @param at from when on; null: nothing had to be done
 * @param steps one for each item, of a dry run
 */
public record ChangeResult(
        Outcome outcome, String subscriptionId, @Nullable Instant at, List<String> steps) {
    /** What came of it. */
    public enum Outcome {
        /** It is as it was asked for already. */
        UNCHANGED,
        /** A dry run that would do something. */
        PLANNED,
        DONE
    }

    public ChangeResult {
        steps = List.copyOf(steps);
    }

    static ChangeResult unchanged(String subscriptionId) {
        return new ChangeResult(Outcome.UNCHANGED, subscriptionId, null, List.of());
    }

    static ChangeResult unchanged(String subscriptionId, Instant at) {
        return new ChangeResult(Outcome.UNCHANGED, subscriptionId, at, List.of());
    }

    static ChangeResult done(String subscriptionId, Instant at) {
        return new ChangeResult(Outcome.DONE, subscriptionId, at, List.of());
    }

    static ChangeResult planned(StripeSubscription subscription, List<ItemChange> changes, Instant at) {
        return new ChangeResult(
                Outcome.PLANNED,
                subscription.id(),
                at,
                changes.stream().map(ChangeResult::step).toList());
    }

    private static String step(ItemChange change) {
        if (change.itemId().isEmpty()) {
            return "add " + change.priceId();
        }
        return change.priceId().isEmpty() ? "remove " + change.itemId() : change.itemId() + " gets " + change.priceId();
    }
}
