package io.tallymark.billing;

import io.tallymark.billing.ChangeTable.Change;
import io.tallymark.billing.ChangeTable.Kind;
import io.tallymark.billing.MappedCustomers.Mapped;
import io.tallymark.stripe.StripeSubscription;
import io.tallymark.usage.BillingHour;
import io.tallymark.usage.UserError;
import java.sql.SQLException;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Ends the subscription of a customer. What is used until the end is on the last invoice: Stripe is told every complete hour before it
 * ends. Whatever ends the command in between, the same one leads on from there.
 */
public final class Cancellation {
    private final SubscriptionParts parts;

    public Cancellation(SubscriptionParts parts) {
        this.parts = parts;
    }

    /** Ends it with its period, which Stripe does by itself. */
    public ChangeResult atPeriodEnd(String customerId) throws SQLException {
        StripeSubscription subscription = subscriptions(customerId).only();
        if (subscription.cancellation().isPresent()) {
            parts.mirror().refreshSubscription(subscription.id());
            return ChangeResult.unchanged(
                    subscription.id(), subscription.cancellation().orElseThrow());
        }
        StripeSubscription after = CustomerLock.run(parts.database(), customerId, () -> {
            release(subscription);
            // Taken back and asked for again within a day, it has to be another call.
            String key = "tallymark-cancel-at-end-" + subscription.id() + "-"
                    + parts.mirror().now().toEpochMilli();
            return parts.stripe().cancelAtPeriodEnd(subscription.id(), key);
        });
        parts.mirror().refreshSubscription(subscription.id());
        return ChangeResult.done(
                subscription.id(),
                after.cancellation().orElse(after.items().get(0).periodEnd()));
    }

    /** Waits until the running hour has ended and Stripe was told it, and ends it then; that hour is billed, later ones are not. */
    public ChangeResult atHourEnd(String customerId) throws SQLException {
        return run(customerId, Kind.CANCEL_AT_HOUR_END);
    }

    /** Ends it as soon as Stripe was told the complete hours; the running hour is never billed. */
    public ChangeResult now(String customerId) throws SQLException {
        return run(customerId, Kind.CANCEL_NOW);
    }

    private ChangeResult run(String customerId, Kind kind) throws SQLException {
        OwnSubscriptions known = subscriptions(customerId);
        Optional<Change> open = new OpenChange(parts)
                .find(customerId, EnumSet.of(Kind.CANCEL_AT_HOUR_END, Kind.CANCEL_NOW))
                .filter(change -> change.kind() == kind);
        Change change = open.isPresent() ? open.get() : ask(kind, known);
        return ChangeResult.done(change.subscriptionId(), leadOn(change));
    }

    /** @return up to when usage is billed */
    Instant leadOn(Change change) throws SQLException {
        Instant at = carryOut(change);
        finish(change, at);
        return at;
    }

    private Change ask(Kind kind, OwnSubscriptions known) throws SQLException {
        StripeSubscription subscription = known.only();
        // Somebody else's schedule must not be found out after an hour of waiting.
        OwnSchedule.find(parts.stripe(), subscription);
        Set<String> metrics =
                new TreeSet<>(parts.mirror().metricByItem(subscription).values());
        BillingHour running = BillingHour.containing(parts.mirror().now());
        Instant endsAt = null;
        Instant billed = HourEnd.ofCarried(parts.database(), known.customerId(), metrics);
        if (kind == Kind.CANCEL_AT_HOUR_END) {
            endsAt = HourEnd.next(parts.mirror().now(), billed);
        } else if (billed.isAfter(running.start())) {
            throw new UserError(
                    "late usage of " + known.customerId()
                            + " is carried to the running hour, which --at now never bills",
                    "add --at hour-end");
        }
        return new OpenChange(parts).take(kind, known.customerId(), subscription, "", metrics, Set.of(), endsAt);
    }

    private Instant carryOut(Change change) throws SQLException {
        Instant known = change.changedAt();
        if (known != null) {
            return known;
        }
        StripeSubscription before = read(change);
        if (OpenChange.isDone(change, before)) {
            return changed(change, before);
        }
        requireTold(change, before);
        Instant endsAt = change.endsAt();
        if (endsAt != null) {
            parts.say().accept(change.customerId() + ": waiting for the end of the running hour, " + endsAt);
            parts.pause().until(endsAt);
        }
        parts.say().accept("settling the complete hours of " + change.customerId());
        parts.quietMoment().await(change.customerId(), change.metrics());
        return CustomerLock.run(parts.database(), change.customerId(), () -> call(change));
    }

    private Instant call(Change change) throws SQLException {
        StripeSubscription before = read(change);
        if (OpenChange.isDone(change, before)) {
            return changed(change, before);
        }
        // What was sent while it settled may have been refused.
        requireTold(change, before);
        release(before);
        Instant now = parts.mirror().now();
        // Before it ends: what Stripe is told of these hours after the last invoice is billed nowhere.
        Instant at = change.endsAt() == null ? now : BillingHour.containing(now).start();
        if (!change.metrics().isEmpty()) {
            parts.gate().suspend(change.customerId(), change.metrics(), at, firstHourFrom(at), cause(change));
        }
        requireSameHour(change, now);
        return changed(
                change,
                parts.stripe()
                        .cancel(before.id(), true, true, "tallymark-cancel-" + change.id() + "-" + now.toEpochMilli()));
    }

    private void requireTold(Change change, StripeSubscription before) throws SQLException {
        parts.untoldUsage()
                .requireNone(
                        change.customerId(),
                        before,
                        change.metrics(),
                        parts.mirror().now());
    }

    /** Ours took effect in the hour after the last one that is billed; somebody else's, made in the meantime, whenever it did. */
    private Instant changed(Change change, StripeSubscription after) throws SQLException {
        Instant ended = after.end().orElseGet(after::createdAt);
        Instant endsAt = change.endsAt();
        Instant at = endsAt == null || ended.isBefore(endsAt)
                ? ended
                : BillingHour.containing(ended).start();
        parts.changes().changed(change, at);
        return at;
    }

    private void finish(Change change, Instant at) throws SQLException {
        // Nothing bills late usage any more.
        if (!change.metrics().isEmpty()) {
            Instant before = successorsStart(change, at).orElse(at);
            parts.gate().seal(change.customerId(), change.metrics(), before, Optional.empty(), cause(change));
        }
        parts.mirror().syncCustomer(change.customerId(), parts.say());
        parts.changes().done(change);
    }

    /** Another subscription may have been made meanwhile, which bills the hour of the end from its start on. */
    private Optional<Instant> successorsStart(Change change, Instant at) throws SQLException {
        Instant hour = BillingHour.containing(at).start();
        return subscriptions(change.customerId()).live().stream()
                .filter(other ->
                        parts.mirror().metricByItem(other).values().stream().anyMatch(change.metrics()::contains))
                .map(StripeSubscription::startedAt)
                .filter(start -> !start.isBefore(hour) && start.isBefore(at))
                .min(Instant::compareTo);
    }

    private static Instant firstHourFrom(Instant instant) {
        BillingHour hour = BillingHour.containing(instant);
        return hour.start().equals(instant) ? instant : Instant.ofEpochMilli(hour.endMillis());
    }

    /** Sealing may have waited for confirmations, and an hour that ended meanwhile is not told yet. */
    private void requireSameHour(Change change, Instant quiet) throws SQLException {
        Instant end = Instant.ofEpochMilli(BillingHour.containing(quiet).endMillis());
        if (!parts.mirror().now().plus(QuietMoment.MARGIN).isBefore(end)) {
            throw new UserError(
                    "the hour ended before the usage of " + change.customerId() + " was confirmed",
                    "run the same command again: nothing was changed yet");
        }
    }

    private static String cause(Change change) {
        return change.subscriptionId() + " canceled";
    }

    private void release(StripeSubscription subscription) {
        if (OwnSchedule.release(parts.stripe(), subscription)) {
            parts.say().accept("took back the change that was scheduled for the end of the period");
        }
    }

    private OwnSubscriptions subscriptions(String customerId) throws SQLException {
        Mapped customer = parts.mirror().mapped(customerId);
        return new OwnSubscriptions(customerId, parts.stripe().subscriptions(customer.stripeId()));
    }

    private StripeSubscription read(Change change) {
        return parts.stripe()
                .subscription(change.subscriptionId())
                .orElseThrow(() -> new UserError(
                        "this Stripe account has no " + change.subscriptionId(),
                        "check that stripe.api-key is of the account that the change was begun in"));
    }
}
