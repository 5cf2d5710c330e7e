package io.tallymark.billing;

import io.tallymark.billing.ChangeTable.Change;
import io.tallymark.billing.ChangeTable.Kind;
import io.tallymark.billing.MappedCustomers.Mapped;
import io.tallymark.stripe.StripeSubscription;
import io.tallymark.stripe.StripeSubscriptionItem;
import io.tallymark.usage.BillingHour;
import io.tallymark.usage.Meter;
import io.tallymark.usage.ReportMode;
import io.tallymark.usage.UserError;
import java.sql.SQLException;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Changes the plan of a customer at once, or in the first minutes of the next hour. Usage of complete hours is billed at the old prices,
 * the running hour and everything after it at the new ones: Stripe is told every complete hour first, then the hours up to now are
 * sealed, so that what comes later of them goes to the next one, then the prices change. Of a metric that the new plan adds, the running
 * hour alone is. Whatever ends it in between, the same command leads on from there.
 */
public final class PlanChange {
    /** What Stripe takes over from the old price when the price changes in mid-period is not known to be right. */
    private static final Set<ReportMode> UNSAFE =
            EnumSet.of(ReportMode.PERIOD_TOTAL, ReportMode.USAGE_RECORD_SET, ReportMode.USAGE_RECORD_INCREMENT);

    private final SubscriptionParts parts;
    private final List<Meter> meters;
    private final Set<String> additive;

    /** @param meters of tallymark.yaml */
    public PlanChange(SubscriptionParts parts, List<Meter> meters) {
        this.parts = parts;
        this.meters = List.copyOf(meters);
        this.additive = meters.stream()
                .filter(meter -> meter.aggregation().addsUp())
                .map(Meter::metric)
                .collect(Collectors.toUnmodifiableSet());
    }

    /**
     * As {@link #run}, after the end of the running hour: so it may drop metrics, which are billed until then.
     *
     * @throws UserError when it cannot be done, or the usage cannot be settled
     */
    public ChangeResult atHourEnd(String customerId, String planKey, boolean dryRun) throws SQLException {
        return run(Kind.CHANGE_AT_HOUR_END, customerId, planKey, dryRun);
    }

    /**
     * Changes the plan, or leads on from where a change to it was cut off.
     *
     * @param dryRun checks everything and changes nothing
     * @return what was done, or would be
     * @throws UserError when it cannot be done, or the usage cannot be settled
     */
    public ChangeResult run(String customerId, String planKey, boolean dryRun) throws SQLException {
        return run(Kind.CHANGE_NOW, customerId, planKey, dryRun);
    }

    private ChangeResult run(Kind kind, String customerId, String planKey, boolean dryRun) throws SQLException {
        Mapped customer = parts.mirror().mapped(customerId);
        PlanPrices plan = PlanPrices.find(parts.stripe(), parts.catalog(), planKey);
        StripeSubscription subscription =
                new OwnSubscriptions(customerId, parts.stripe().subscriptions(customer.stripeId())).only();
        PlanSwitch wanted = PlanSwitch.of(
                subscription, plan, parts.catalog(), parts.mirror().metrics());
        Optional<Change> open =
                parts.changes().open(customerId).filter(change -> change.isThe(kind, planKey, subscription.id()));
        if (open.isEmpty() && isThere(subscription, planKey, wanted)) {
            return ChangeResult.unchanged(subscription.id());
        }
        if (open.isEmpty() || open.get().changedAt() == null) {
            ChangeRules.requireSameRhythm(subscription, plan);
            requireSafe(subscription, wanted);
            requireTold(customerId, subscription, wanted);
            if (kind == Kind.CHANGE_NOW) {
                requireNothingDropped(subscription, planKey, wanted);
            }
        }
        Instant hourEnd = kind == Kind.CHANGE_AT_HOUR_END ? hourEnd(customerId, wanted) : null;
        if (dryRun) {
            Instant at = hourEnd == null ? parts.mirror().now() : hourEnd;
            return ChangeResult.planned(subscription, wanted.changes(), at);
        }
        Set<String> sealed = new TreeSet<>(wanted.metrics());
        sealed.addAll(wanted.added());
        Change change =
                new OpenChange(parts).take(kind, customerId, subscription, planKey, sealed, wanted.added(), hourEnd);
        Instant at = carryOut(change, plan);
        finish(change, at);
        return ChangeResult.done(subscription.id(), at);
    }

    private Instant carryOut(Change change, PlanPrices plan) throws SQLException {
        Instant known = change.changedAt();
        if (known != null) {
            return known;
        }
        StripeSubscription before = read(change);
        if (OpenChange.isDone(change, before)) {
            return changed(change, before);
        }
        waitForHourEnd(change);
        parts.say().accept("settling the complete hours of " + change.customerId());
        Instant now = parts.quietMoment().await(change.customerId(), change.billedBefore());
        sayIfLater(change, now);
        return CustomerLock.run(parts.database(), change.customerId(), () -> call(change, plan, now));
    }

    private void waitForHourEnd(Change change) throws SQLException {
        Instant end = change.endsAt();
        if (end != null && parts.mirror().now().isBefore(end)) {
            parts.say().accept(change.customerId() + ": waiting for the end of the running hour, " + end);
            parts.pause().until(end);
        }
    }

    /** Settling may outlast the hour after the one that was waited for; then the change comes with a later one. */
    private void sayIfLater(Change change, Instant now) {
        Instant hour = BillingHour.containing(now).start();
        if (change.endsAt() != null && hour.isAfter(change.endsAt())) {
            parts.say()
                    .accept("the usage of " + change.customerId() + " was settled at " + now
                            + ", not within the hour after " + change.endsAt() + ": until " + hour
                            + " it is billed at the prices before");
        }
    }

    /** What is carried to an hour of a metric that ends has to be billed as well. */
    private Instant hourEnd(String customerId, PlanSwitch wanted) throws SQLException {
        return HourEnd.next(parts.mirror().now(), HourEnd.ofCarried(parts.database(), customerId, wanted.dropped()));
    }

    private Instant call(Change change, PlanPrices plan, Instant now) throws SQLException {
        StripeSubscription before = read(change);
        if (OpenChange.isDone(change, before)) {
            return changed(change, before);
        }
        if (OwnSchedule.release(parts.stripe(), before)) {
            parts.say().accept("took back the change that was scheduled for the end of the period");
        }
        PlanSwitch wanted =
                PlanSwitch.of(before, plan, parts.catalog(), parts.mirror().metrics());
        // What was sent while it settled may have been refused.
        requireTold(change.customerId(), before, wanted);
        // Before the change: what Stripe is told of these hours after it may be billed nowhere.
        seal(change, now);
        requireSameHour(change, now);
        StripeSubscription after = parts.stripe()
                .changeItems(
                        before.id(),
                        wanted.changes(),
                        SubscriptionMarks.of(change.plan(), change.customerId(), change.id(), now),
                        "tallymark-change-" + change.id() + "-" + now.toEpochMilli());
        return changed(change, after);
    }

    /** The time is in the same reply as the items, and in every later one: a command that was cut off here finds it there. */
    private Instant changed(Change change, StripeSubscription after) throws SQLException {
        Instant at = Instant.parse(after.mark(SubscriptionMarks.CHANGED_AT));
        parts.changes().changed(change, at);
        return at;
    }

    private void finish(Change change, Instant at) throws SQLException {
        seal(change, at);
        Optional<StripeSubscription> after = parts.mirror().refreshSubscription(change.subscriptionId());
        if (after.isPresent() && after.get().isLive()) {
            carryBelowZero(change, at, after.get());
        }
        parts.changes().done(change);
    }

    /** Voids may have taken back more than the old price had billed; of a metric that goes, nothing later could take it off. */
    private void carryBelowZero(Change change, Instant at, StripeSubscription after) throws SQLException {
        for (StripeSubscriptionItem item : after.items()) {
            Optional<String> metric = parts.mirror().metrics().of(item);
            if (metric.filter(change.billedBefore()::contains)
                    .filter(additive::contains)
                    .isEmpty()) {
                continue;
            }
            Instant from = parts.changes()
                    .lastChange(change, metric.get(), at)
                    .filter(item.periodStart()::isBefore)
                    .orElse(item.periodStart());
            // Led on in a later period: the old one's invoice sees to it.
            if (from.isBefore(at)) {
                parts.gate()
                        .carryBelowZero(
                                change.customerId(),
                                metric.get(),
                                from,
                                at,
                                hourAfter(at),
                                cause(change) + ", and the usage before is below zero");
            }
        }
    }

    private static Instant hourAfter(Instant at) {
        return Instant.ofEpochMilli(BillingHour.containing(at).endMillis());
    }

    private static String cause(Change change) {
        return "plan of " + change.subscriptionId() + " changed to " + change.plan();
    }

    private void requireTold(String customerId, StripeSubscription subscription, PlanSwitch wanted)
            throws SQLException {
        parts.untoldUsage()
                .requireNone(
                        customerId,
                        subscription,
                        wanted.metrics(),
                        parts.mirror().now());
    }

    /** Sealing may have waited for confirmations, and what is told in the next hour lies after the snapshot that the call takes. */
    private void requireSameHour(Change change, Instant quiet) throws SQLException {
        Instant end = Instant.ofEpochMilli(BillingHour.containing(quiet).endMillis());
        if (!parts.mirror().now().plus(QuietMoment.MARGIN).isBefore(end)) {
            throw new UserError(
                    "the hour ended before the usage of " + change.customerId() + " was confirmed",
                    "run the same command again: nothing was changed yet");
        }
    }

    private void seal(Change change, Instant at) throws SQLException {
        BillingHour hour = BillingHour.containing(at);
        Instant next = hourAfter(at);
        String cause = cause(change);
        if (!change.billedBefore().isEmpty()) {
            parts.gate().seal(change.customerId(), change.billedBefore(), at, Optional.of(next), cause);
        }
        // Its item begins within the hour, with which timestamp all of that hour's usage is told.
        if (!change.added().isEmpty() && at.isAfter(hour.start())) {
            parts.gate().sealHour(change.customerId(), change.added(), hour.start(), at, next, cause);
        }
    }

    private StripeSubscription read(Change change) {
        return parts.stripe()
                .subscription(change.subscriptionId())
                .filter(StripeSubscription::isLive)
                .orElseThrow(() -> new UserError(
                        change.subscriptionId() + " has ended",
                        "./tallymark subscription list --customer " + change.customerId()));
    }

    private static boolean isThere(StripeSubscription subscription, String plan, PlanSwitch wanted) {
        return wanted.changes().isEmpty()
                && subscription.mark(SubscriptionMarks.PLAN).equals(plan)
                && subscription.scheduleId().isEmpty();
    }

    private static void requireNothingDropped(StripeSubscription subscription, String plan, PlanSwitch wanted) {
        if (!wanted.dropped().isEmpty()) {
            String metrics = String.join(", ", new TreeSet<>(wanted.dropped()));
            String before = subscription.mark(SubscriptionMarks.PLAN);
            throw new UserError(
                    "plan " + plan + " does not bill " + metrics + ", which "
                            + (before.isEmpty() ? subscription.id() : before) + " does: the running hour's " + metrics
                            + " would be billed by nobody",
                    "add --at hour-end, which waits for the end of the running hour, or --at period-end");
        }
    }

    private void requireSafe(StripeSubscription subscription, PlanSwitch wanted) {
        if (!wanted.metrics().isEmpty() && !subscription.isFlexible()) {
            throw new UserError(
                    subscription.id() + " is in billing mode classic, which drops the usage before a change of price",
                    "add --at period-end, or migrate it to billing mode flexible at Stripe");
        }
        Set<String> unsafe = new TreeSet<>(wanted.metrics());
        unsafe.addAll(wanted.added());
        unsafe.removeIf(metric -> meters.stream()
                .filter(meter -> meter.metric().equals(metric))
                .flatMap(meter -> meter.stripe().stream())
                .noneMatch(report -> UNSAFE.contains(report.mode())));
        if (!unsafe.isEmpty()) {
            throw new UserError(
                    "the price of " + String.join(", ", unsafe)
                            + " can only change between two periods, for its mode in"
                            + " tallymark.yaml goes by periods",
                    "add --at period-end");
        }
    }
}
