package io.tallymark.billing;

import io.tallymark.stripe.StripeBilling;
import io.tallymark.stripe.StripeSchedule;
import io.tallymark.stripe.StripeSubscription;
import io.tallymark.usage.UserError;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * The schedule that a subscription may be under: ours to change, or somebody else's to leave alone. Each call to Stripe about one is made
 * after a look at what is there, and Stripe refuses a second schedule, so that none has to be the repeat of an earlier one.
 */
final class OwnSchedule {
    private OwnSchedule() {}

    /**
     * The schedule with our marks.
     *
     * @throws UserError when it is somebody else's
     */
    static Optional<StripeSchedule> find(StripeBilling stripe, StripeSubscription subscription) {
        Optional<StripeSchedule> schedule = any(stripe, subscription);
        if (schedule.filter(known -> !isOurs(known)).isPresent()) {
            throw new UserError(
                    subscription.id() + " is under a schedule that Tallymark did not make: "
                            + subscription.scheduleId(),
                    "release it in Stripe's dashboard first");
        }
        return schedule;
    }

    /** Whosesoever it is. */
    static Optional<StripeSchedule> any(StripeBilling stripe, StripeSubscription subscription) {
        return subscription.scheduleId().isEmpty() ? Optional.empty() : stripe.schedule(subscription.scheduleId());
    }

    static boolean isOurs(StripeSchedule schedule) {
        return schedule.metadata().containsKey(SubscriptionMarks.CHANGE);
    }

    /** One of its own for each call: under one that is used again, Stripe would repeat for a day what it said of other times. */
    static String key() {
        return "tallymark-schedule-" + UUID.randomUUID();
    }

    /**
     * Takes the subscription out of our schedule, so that something else can be done to it.
     *
     * @return whether a change was still ahead; one that has taken effect stays
     */
    static boolean release(StripeBilling stripe, StripeSubscription subscription) {
        Optional<StripeSchedule> schedule = find(stripe, subscription);
        schedule.ifPresent(known -> stripe.releaseSchedule(known.id(), key()));
        return schedule.filter(known -> isAhead(known, subscription)).isPresent();
    }

    private static boolean isAhead(StripeSchedule schedule, StripeSubscription subscription) {
        Instant last = schedule.phases().get(schedule.phases().size() - 1).start();
        return subscription.items().stream()
                .noneMatch(item -> !item.periodStart().isBefore(last));
    }
}
