package io.tallymark.preview;

import io.tallymark.billing.LiveSubscription;
import io.tallymark.stripe.StripeInvoiceLine;
import io.tallymark.stripe.StripeSubscription;
import io.tallymark.stripe.StripeSubscriptionItem;
import io.tallymark.usage.BillingHour;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a metric's period where its price changed: where a line of Stripe's ends within the period, and where a plan change of ours was
 * made, for which Stripe may show no line. The old price is the one on that line.
 */
final class Stretches {
    private final LiveSubscription live;
    private final Due due;

    Stretches(LiveSubscription live, Due due) {
        this.live = live;
        this.due = due;
    }

    /** A line of Stripe's that ended within the period, or a change of ours without one. */
    private record Cut(@Nullable String priceId, Instant from, Instant to) {}

    /**
     * The stretches of a metric, the ended ones first, in order of time.
     *
     * @param lines Stripe's for this metric
     * @param changes when our changes ended a price of it, in order
     */
    List<Stretch> of(String metric, List<StripeInvoiceLine> lines, List<Instant> changes) {
        List<Stretch> stretches = new ArrayList<>();
        Instant from = null;
        for (Cut cut : cuts(lines, changes)) {
            Instant begin = from == null ? cut.from() : from;
            stretches.add(new Stretch(metric, cut.priceId(), begin, cut.to(), true));
            from = cut.to();
        }
        for (StripeSubscriptionItem item : live.subscription().items()) {
            if (metric.equals(live.metricByItem().get(item.id())) && due.includes(item)) {
                Instant start = start(item);
                Instant begin = from != null && from.isAfter(start) ? from : start;
                stretches.add(new Stretch(metric, item.priceId(), begin, due.end(), false));
            }
        }
        return stretches;
    }

    private List<Cut> cuts(List<StripeInvoiceLine> lines, List<Instant> changes) {
        List<Cut> cuts = new ArrayList<>(lines.stream()
                .filter(line -> line.periodEnd().isBefore(due.end()))
                .map(line -> new Cut(line.priceId(), line.periodStart(), line.periodEnd()))
                .distinct()
                .toList());
        for (Instant change : changes) {
            if (cuts.stream().noneMatch(cut -> sameHours(cut.to(), change))) {
                cuts.add(new Cut(null, due.start(), change));
            }
        }
        cuts.sort(Comparator.comparing(Cut::to).thenComparing(Cut::from));
        return cuts;
    }

    /** Stripe's clock and ours are not one; no hour begins between the two readings. */
    private static boolean sameHours(Instant left, Instant right) {
        return BillingHour.containing(left).equals(BillingHour.containing(right));
    }

    /** One that was added later bills no usage from before. */
    private Instant start(StripeSubscriptionItem item) {
        StripeSubscription subscription = live.subscription();
        boolean added = item.createdAt().isAfter(subscription.createdAt());
        return added && item.createdAt().isAfter(item.periodStart()) ? item.createdAt() : item.periodStart();
    }
}
