package io.tallymark.report;

import io.tallymark.usage.BillingPeriod;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What the database knows about a due hour at the moment of its claim: the table's side and Stripe's side.
 *
 * @param now the reporter's clock
 * @param due the unreported changes
 * @param total sum of the closed totals over all dimensions, with what was carried to the hour, without what was carried away
 * @param open whether an early result of the hour is in the table
 * @param mapping of the customer
 * @param intents every intent of the hour, by sequence
 * @param billed what the target knows of the hour's billing period; absent when it makes no difference
 * @param seal that says the hour is billed for good; absent: it is not
 */
record HourStanding(
        DueHour hour,
        Instant now,
        Due due,
        BigDecimal total,
        boolean open,
        Mapping mapping,
        List<ReportIntent> intents,
        @Nullable PeriodStanding billed,
        @Nullable Seal seal) {
    HourStanding {
        intents = List.copyOf(intents);
    }

    /**
     * Changes of the hour that were not reported yet.
     *
     * @param since when the oldest was written
     * @param newestId the newest of them
     */
    record Due(Instant since, long newestId) {}

    /**
     * How the customer is billed.
     *
     * @param customer {@code cus_…}; absent: not mapped
     * @param item subscription item of the hour, for usage records; absent: none
     * @param anchored whether the boundaries of the billing periods are known; otherwise calendar months are assumed
     */
    record Mapping(@Nullable String customer, @Nullable String item, BillingPeriod period, boolean anchored) {}

    Optional<String> customer() {
        return Optional.ofNullable(mapping.customer());
    }

    Optional<String> subscriptionItem() {
        return Optional.ofNullable(mapping.item());
    }

    Optional<PeriodStanding> periodStanding() {
        return Optional.ofNullable(billed);
    }

    Optional<Seal> sealed() {
        return Optional.ofNullable(seal);
    }

    HourStanding sealed(Seal newest) {
        return new HourStanding(hour, now, due, total, open, mapping, intents, billed, newest);
    }

    HourStanding with(List<ReportIntent> found) {
        return new HourStanding(hour, now, due, total, open, mapping, found, billed, seal);
    }

    HourStanding with(PeriodStanding period) {
        return new HourStanding(hour, now, due, total, open, mapping, intents, period, seal);
    }

    /** What needs no telling any more: told to Stripe, or given up for its age. */
    BigDecimal settled() {
        return sum(intent -> intent.isTold() || intent.state() == ReportIntent.State.EXPIRED);
    }

    /** What Stripe knows of the hour. */
    BigDecimal told() {
        return sum(ReportIntent::isTold);
    }

    /** At most one: the database holds this. */
    Optional<ReportIntent> unresolved() {
        return intents.stream().filter(ReportIntent::isUnresolved).findFirst();
    }

    /**
     * Where Stripe knows the hour; absent when it knows nothing, or does not know the customer and holds nothing. What got lost is told
     * again to where it was told: another customer may be mapped by now, who does not owe it.
     */
    Optional<Target> toldTarget() {
        Optional<ReportIntent> last = lastTold();
        boolean gone = last.filter(
                        intent -> intent.freed() && !intent.mode().isUsageRecord() && Quantity.isZero(told()))
                .isPresent();
        return gone ? Optional.empty() : last.map(ReportIntent::target);
    }

    int nextSequence() {
        return intents.stream().mapToInt(ReportIntent::sequence).max().orElse(0) + 1;
    }

    /**
     * Whether Stripe may hold a total that it refused, or that was given up: an intent newer than the last told one is settled without
     * being told, but only after a call whose outcome nobody knows.
     */
    boolean isDoubtful() {
        int lastTold = lastTold().map(ReportIntent::sequence).orElse(0);
        return intents.stream().anyMatch(intent -> intent.mayHaveArrived() && intent.sequence() > lastTold);
    }

    private Optional<ReportIntent> lastTold() {
        return intents.stream().filter(ReportIntent::isTold).max(Comparator.comparingInt(ReportIntent::sequence));
    }

    private BigDecimal sum(Predicate<ReportIntent> which) {
        return intents.stream().filter(which).map(ReportIntent::amount).reduce(BigDecimal.ZERO, BigDecimal::add);
    }
}
