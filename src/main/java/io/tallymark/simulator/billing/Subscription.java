package io.tallymark.simulator.billing;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a customer pays again and again. Immutable: a change makes another one, so that a preview can try it.
 *
 * @param id {@code sub_…}
 * @param flexible its billing mode; otherwise classic
 * @param start from when on it bills, which may be before it was created
 * @param pending lines that wait for the next invoice
 * @param latestInvoice empty: none yet
 * @param schedule that manages it; empty: none
 */
record Subscription(
        String id,
        String customer,
        String currency,
        boolean flexible,
        Instant created,
        Instant start,
        Anchor anchor,
        List<SubscriptionItem> items,
        List<BilledLine> pending,
        Texts texts,
        Ending ending,
        String latestInvoice,
        String schedule) {
    Subscription {
        items = List.copyOf(items);
        pending = List.copyOf(pending);
    }

    /**
     * What it says about itself, and how its invoices are paid.
     *
     * @param daysUntilDue 0 unless invoices are sent
     */
    record Texts(Map<String, String> metadata, String description, String collectionMethod, long daysUntilDue) {
        static final String AUTOMATIC = "charge_automatically";
        static final String SENT = "send_invoice";

        Texts {
            metadata = Map.copyOf(metadata);
        }

        boolean chargesAutomatically() {
            return collectionMethod.equals(AUTOMATIC);
        }

        Texts withMetadata(Map<String, String> other) {
            return new Texts(other, description, collectionMethod, daysUntilDue);
        }
    }

    /**
     * When it ends, and when that was decided.
     *
     * @param at null: open end
     * @param atPeriodEnd whether it was asked for so, and not by a date
     * @param prorates whether an end within a period credits the rest of it
     * @param decidedAt null while the end is open
     * @param endedAt null while it is alive
     */
    record Ending(
            @Nullable Instant at,
            boolean atPeriodEnd,
            boolean prorates,
            @Nullable Instant decidedAt,
            @Nullable Instant endedAt) {
        static final Ending OPEN = new Ending(null, false, true, null, null);

        Ending endedAt(Instant instant) {
            return new Ending(at, atPeriodEnd, prorates, decidedAt == null ? instant : decidedAt, instant);
        }
    }

    boolean isAlive() {
        return ending.endedAt() == null;
    }

    /** When its next period begins or it ends. */
    Instant due() {
        return Stream.concat(items.stream().map(SubscriptionItem::end), Optional.ofNullable(ending.at()).stream())
                .min(Instant::compareTo)
                .orElseThrow();
    }

    boolean endsBy(Instant instant) {
        return ending.at() != null && !ending.at().isAfter(instant);
    }

    /** The end of its longest running period. */
    Instant lastPeriodEnd() {
        return items.stream().map(SubscriptionItem::end).max(Instant::compareTo).orElseThrow();
    }

    Optional<SubscriptionItem> item(String itemId) {
        return items.stream().filter(item -> item.id().equals(itemId)).findFirst();
    }

    Subscription withItems(List<SubscriptionItem> other) {
        return with(anchor, other, pending, texts, ending);
    }

    Subscription eachItem(UnaryOperator<SubscriptionItem> change) {
        return withItems(items.stream().map(change).toList());
    }

    Subscription withPending(List<BilledLine> other) {
        return with(anchor, items, other, texts, ending);
    }

    Subscription morePending(List<BilledLine> more) {
        return withPending(Stream.concat(pending.stream(), more.stream()).toList());
    }

    Subscription withAnchor(Anchor other) {
        return with(other, items, pending, texts, ending);
    }

    Subscription withTexts(Texts other) {
        return with(anchor, items, pending, other, ending);
    }

    Subscription withEnding(Ending other) {
        return with(anchor, items, pending, texts, other);
    }

    Subscription withLatestInvoice(String invoice) {
        return new Subscription(
                id, customer, currency, flexible, created, start, anchor, items, pending, texts, ending, invoice,
                schedule);
    }

    Subscription withSchedule(String other) {
        return new Subscription(
                id,
                customer,
                currency,
                flexible,
                created,
                start,
                anchor,
                items,
                pending,
                texts,
                ending,
                latestInvoice,
                other);
    }

    private Subscription with(
            Anchor otherAnchor,
            List<SubscriptionItem> otherItems,
            List<BilledLine> otherPending,
            Texts otherTexts,
            Ending otherEnding) {
        return new Subscription(
                id,
                customer,
                currency,
                flexible,
                created,
                start,
                otherAnchor,
                otherItems,
                otherPending,
                otherTexts,
                otherEnding,
                latestInvoice,
                schedule);
    }
}
