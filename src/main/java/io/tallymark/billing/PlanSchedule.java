package io.tallymark.billing;

import io.tallymark.billing.ChangeTable.Change;
import io.tallymark.billing.ChangeTable.Kind;
import io.tallymark.billing.MappedCustomers.Mapped;
import io.tallymark.stripe.StripeBilling.NewPhase;
import io.tallymark.stripe.StripeSchedule;
import io.tallymark.stripe.StripeSubscription;
import io.tallymark.stripe.StripeSubscriptionItem;
import io.tallymark.usage.UserError;
import java.sql.SQLException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lets Stripe change the plan of a customer exactly at the end of the period, by a schedule that lets go afterwards. The ended period is
 * billed at the old prices, so no hour is cut. Whatever ends it in between, the same command leads on from there.
 */
public final class PlanSchedule {
    private final SubscriptionParts parts;

    public PlanSchedule(SubscriptionParts parts) {
        this.parts = parts;
    }

    /**
     * Schedules the plan, in place of what was scheduled before.
     *
     * @param dryRun checks everything and changes nothing
     * @return with the end of the period
     * @throws UserError when it cannot be done
     */
    public ChangeResult run(String customerId, String planKey, boolean dryRun) throws SQLException {
        Mapped customer = parts.mirror().mapped(customerId);
        PlanPrices plan = PlanPrices.find(parts.stripe(), parts.catalog(), planKey);
        StripeSubscription subscription =
                new OwnSubscriptions(customerId, parts.stripe().subscriptions(customer.stripeId())).only();
        PlanSwitch wanted = PlanSwitch.of(
                subscription, plan, parts.catalog(), parts.mirror().metrics());
        Optional<Change> open = parts.changes()
                .open(customerId)
                .filter(change -> change.isThe(Kind.CHANGE_AT_PERIOD_END, planKey, subscription.id()));
        Instant end = periodEnd(subscription);
        if (open.isEmpty()) {
            Optional<StripeSchedule> scheduled = OwnSchedule.find(parts.stripe(), subscription);
            boolean isThere = scheduled.isPresent()
                    ? planKey.equals(scheduled.get().metadata().get(SubscriptionMarks.PLAN))
                    : wanted.changes().isEmpty()
                            && subscription.mark(SubscriptionMarks.PLAN).equals(planKey);
            if (isThere) {
                return scheduled.isPresent()
                        ? ChangeResult.unchanged(subscription.id(), end)
                        : ChangeResult.unchanged(subscription.id());
            }
        }
        ChangeRules.requireSameRhythm(subscription, plan);
        requireGoesOn(subscription);
        if (dryRun) {
            return ChangeResult.planned(subscription, wanted.changes(), end);
        }
        Change change = new OpenChange(parts)
                .take(Kind.CHANGE_AT_PERIOD_END, customerId, subscription, planKey, wanted.metrics(), Set.of(), null);
        CustomerLock.run(parts.database(), customerId, () -> schedule(change, subscription, plan, wanted, end));
        parts.mirror().refreshSubscription(subscription.id());
        parts.changes().done(change);
        return ChangeResult.done(subscription.id(), end);
    }

    private StripeSchedule schedule(
            Change change, StripeSubscription subscription, PlanPrices plan, PlanSwitch wanted, Instant end) {
        StripeSchedule schedule = take(subscription);
        Map<String, String> marks = new LinkedHashMap<>(SubscriptionMarks.of(change.plan(), change.customerId()));
        NewPhase now = new NewPhase(
                quantities(subscription), schedule.phases().get(0).start(), end, plan.interval(), 1, Map.of());
        NewPhase then = new NewPhase(
                wanted.quantityByPrice(), end, null, plan.interval(), plan.intervalCount(), Map.copyOf(marks));
        marks.put(SubscriptionMarks.CHANGE, Long.toString(change.id()));
        return parts.stripe().setPhases(schedule.id(), List.of(now, then), marks, OwnSchedule.key());
    }

    /** Ours, one of the same wish that was cut off before it had its phases, or a new one. */
    private StripeSchedule take(StripeSubscription subscription) {
        // Another command may have made one since it was read.
        StripeSubscription now = parts.stripe().subscription(subscription.id()).orElse(subscription);
        Optional<StripeSchedule> known = OwnSchedule.any(parts.stripe(), now);
        if (known.isEmpty()) {
            return parts.stripe().scheduleFrom(now.id(), OwnSchedule.key());
        }
        boolean cutOff =
                known.get().metadata().isEmpty() && known.get().phases().size() == 1;
        return cutOff ? known.get() : OwnSchedule.find(parts.stripe(), now).orElseThrow();
    }

    private static Map<String, @Nullable Long> quantities(StripeSubscription subscription) {
        Map<String, @Nullable Long> quantities = new LinkedHashMap<>();
        for (StripeSubscriptionItem item : subscription.items()) {
            quantities.put(item.priceId(), item.quantity());
        }
        return quantities;
    }

    private static void requireGoesOn(StripeSubscription subscription) {
        subscription.cancellation().ifPresent(end -> {
            throw new UserError(
                    subscription.id() + " ends " + end + ", before another plan could begin",
                    "take the cancellation back in Stripe's dashboard first");
        });
    }

    private static Instant periodEnd(StripeSubscription subscription) {
        return subscription.items().get(0).periodEnd();
    }
}
