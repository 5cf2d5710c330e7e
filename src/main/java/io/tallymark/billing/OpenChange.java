package io.tallymark.billing;

import io.tallymark.billing.ChangeTable.Change;
import io.tallymark.billing.ChangeTable.Kind;
import io.tallymark.stripe.StripeSubscription;
import io.tallymark.usage.UserError;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The wish that a command leads on from: the one that is open if it is the same, else a new one. */
final class OpenChange {
    /** Longer than any call: one that may still reach Stripe must not be forgotten. */
    private static final Duration IN_FLIGHT = Duration.ofMinutes(2);

    private final SubscriptionParts parts;

    OpenChange(SubscriptionParts parts) {
        this.parts = parts;
    }

    /**
     * Takes the open wish, or writes a new one. One that was overtaken, by the end of its subscription, is settled first.
     *
     * @param subscription that is live
     * @throws UserError when another wish is half done
     */
    Change take(
            Kind kind,
            String customerId,
            StripeSubscription subscription,
            String plan,
            Set<String> metrics,
            Set<String> added,
            @Nullable Instant endsAt)
            throws SQLException {
        Optional<Change> open = parts.changes().open(customerId);
        if (open.isEmpty()) {
            return parts.changes().ask(kind, customerId, subscription.id(), plan, metrics, added, endsAt);
        }
        Change change = open.get();
        if (change.isThe(kind, plan, subscription.id())) {
            return change;
        }
        if (isOvertaken(change, subscription)) {
            settle(change);
        } else {
            requireNotBegun(change);
            parts.changes().forget(change);
        }
        return parts.changes().ask(kind, customerId, subscription.id(), plan, metrics, added, endsAt);
    }

    /** The wish of this kind that is open, if there is one. */
    Optional<Change> find(String customerId, Set<Kind> kinds) throws SQLException {
        return parts.changes().open(customerId).filter(change -> kinds.contains(change.kind()));
    }

    /** Whether nobody can finish it any more by the same command, which finds the subscription that is live now. */
    private boolean isOvertaken(Change change, StripeSubscription live) {
        return !change.subscriptionId().equals(live.id())
                && parts.stripe()
                        .subscription(change.subscriptionId())
                        .filter(StripeSubscription::isLive)
                        .isEmpty();
    }

    /** The hours of a change of plan were sealed before Stripe was called; those of a cancellation may still be held. */
    private void settle(Change change) throws SQLException {
        parts.say().accept("overtaken, for its subscription has ended: " + change.inWords());
        boolean ends = change.kind() == Kind.CANCEL_AT_HOUR_END || change.kind() == Kind.CANCEL_NOW;
        if (ends && parts.stripe().subscription(change.subscriptionId()).isPresent()) {
            new Cancellation(parts).leadOn(change);
        } else {
            parts.changes().overtaken(change);
        }
    }

    private void requireNotBegun(Change change) throws SQLException {
        Optional<StripeSubscription> now = parts.stripe().subscription(change.subscriptionId());
        boolean begun = change.changedAt() != null
                || now.filter(subscription -> isDone(change, subscription)).isPresent()
                || parts.mirror().now().isBefore(change.askedAt().plus(IN_FLIGHT));
        if (begun) {
            throw new UserError(
                    change.customerId() + " has a change that is not finished: " + change.inWords(),
                    "run the same command again first, which leads on from where it was cut off");
        }
    }

    /** Whether Stripe has carried it out. */
    static boolean isDone(Change change, StripeSubscription subscription) {
        return switch (change.kind()) {
            case CHANGE_NOW, CHANGE_AT_HOUR_END ->
                subscription.mark(SubscriptionMarks.CHANGE).equals(Long.toString(change.id()));
            case CHANGE_AT_PERIOD_END -> !subscription.scheduleId().isEmpty();
            case CANCEL_AT_HOUR_END, CANCEL_NOW -> !subscription.isLive();
        };
    }
}
