package io.tallymark.simulator.billing;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The life of subscriptions: what is billed when they begin, at each end of a period, after a change and when they end. The caller locks
 * it.
 */
final class SubscriptionLife {
    private final Agenda agenda;
    private final SubscriptionBook book;
    private final InvoiceBook invoices;
    private final BaseFees fees;
    private final Plan plan;

    /** What is planned for subscriptions. */
    interface Plan {
        /**
         * Brings a subscription into the phase that begins at an instant, if one does.
         *
         * @param opening whether the periods that begin at this instant are still to be opened
         */
        Subscription enter(Subscription subscription, Instant at, boolean opening);

        /** What {@link #enter} would make of it when periods are opened. */
        Subscription foresee(Subscription subscription, Instant at);

        /** The subscription is no more. */
        void ended(Subscription subscription, Instant at);
    }

    /** An invoice that was not made. */
    record Preview(Invoice.Head head, List<InvoicePart> parts) {}

    SubscriptionLife(Agenda agenda, SubscriptionBook book, InvoiceBook invoices, BaseFees fees, Plan plan) {
        this.agenda = agenda;
        this.book = book;
        this.invoices = invoices;
        this.fees = fees;
        this.plan = plan;
    }

    /**
     * Starts a new subscription, with its first invoice if something is billed in advance.
     *
     * @param prorates whether time before its first whole period is charged
     */
    Subscription begin(Subscription created, boolean prorates) {
        List<BilledLine> lines = new ArrayList<>();
        created.items().stream()
                .filter(item -> !item.isMetered())
                .forEach(item -> lines.addAll(first(created, item, prorates)));
        Subscription subscription = created;
        if (!lines.isEmpty()) {
            Invoice.Head head =
                    Invoice.Head.of(created, Invoice.CREATE, created.created(), created.created(), created.created());
            subscription = created.withLatestInvoice(atOnce(head, lines).id());
        }
        store(subscription);
        book.announce("created", subscription, created.created());
        return subscription;
    }

    private List<BilledLine> first(Subscription subscription, SubscriptionItem item, boolean prorates) {
        boolean whole = subscription.anchor().rhythm(item.price()).isBoundary(subscription.created());
        Instant paidUntil = whole ? subscription.created() : item.end();
        List<BilledLine> lines = new ArrayList<>();
        if (prorates) {
            lines.addAll(fees.before(subscription, item, subscription.start(), paidUntil));
        }
        if (whole) {
            lines.addAll(fees.period(subscription, item));
        }
        return lines;
    }

    /**
     * Takes over a changed subscription: opens the periods that begin with the change, and invoices what is due because of it.
     *
     * @param invoicesNow whether pending lines are invoiced now, and not with the next period
     */
    Subscription change(Subscription changed, Instant at, boolean invoicesNow) {
        if (!changed.isAlive()) {
            book.put(changed);
            return changed;
        }
        List<InvoicePart> opened = new ArrayList<>();
        Subscription subscription = open(changed, at, opened);
        if (!opened.isEmpty() || (invoicesNow && !subscription.pending().isEmpty())) {
            List<InvoicePart> parts = new ArrayList<>(subscription.pending());
            parts.addAll(opened);
            Invoice.Head head = Invoice.Head.of(subscription, Invoice.UPDATE, at, at, at);
            subscription = subscription
                    .withPending(List.of())
                    .withLatestInvoice(atOnce(head, parts).id());
        }
        store(subscription);
        book.announce("updated", subscription, at);
        return subscription;
    }

    /** Ends a subscription now. Without {@code invoicesNow} the usage that is not invoiced yet is billed nowhere. */
    Subscription cancel(Subscription subscription, boolean invoicesNow, boolean prorates, Instant at) {
        List<InvoicePart> parts = invoicesNow ? last(subscription, prorates, at) : List.of();
        return end(subscription, Invoice.UPDATE, parts, at);
    }

    /** What {@link #change} would invoice at once, or else the next end of a period if nothing changes until then. */
    Preview preview(Subscription changed, Instant at, boolean invoicesNow) {
        List<InvoicePart> opened = new ArrayList<>();
        Subscription subscription = open(changed, at, opened);
        List<InvoicePart> parts = new ArrayList<>(subscription.pending());
        if (!opened.isEmpty() || (invoicesNow && !parts.isEmpty())) {
            parts.addAll(opened);
            return new Preview(Invoice.Head.of(subscription, Invoice.UPDATE, at, at, at), parts);
        }
        Instant due = subscription.due();
        Invoice.Head head = Invoice.Head.of(subscription, "upcoming", due, periodStart(subscription, due), due);
        if (subscription.endsBy(due)) {
            return new Preview(head, last(subscription, subscription.ending().prorates(), due));
        }
        Subscription foreseen = plan.foresee(close(subscription, due, parts).withPending(List.of()), due);
        parts.addAll(foreseen.pending());
        open(foreseen, due, parts);
        return new Preview(head, parts);
    }

    private void turn(String id, Instant at) {
        Subscription subscription = book.get(id);
        if (!subscription.isAlive() || subscription.due().isAfter(at)) {
            return;
        }
        if (subscription.endsBy(at)) {
            end(
                    subscription,
                    Invoice.CYCLE,
                    last(subscription, subscription.ending().prorates(), at),
                    at);
        } else {
            renew(subscription, at);
        }
    }

    private void renew(Subscription subscription, Instant at) {
        List<InvoicePart> parts = new ArrayList<>(subscription.pending());
        Instant periodStart = periodStart(subscription, at);
        Subscription closed = close(subscription, at, parts).withPending(List.of());
        Subscription entered = plan.enter(closed, at, true);
        parts.addAll(entered.pending());
        Subscription renewed = open(entered.withPending(List.of()), at, parts);
        Invoice.Head head = Invoice.Head.of(renewed, Invoice.CYCLE, at, periodStart, at);
        Subscription invoiced =
                renewed.withLatestInvoice(invoices.draft(head, parts).id());
        store(invoiced);
        book.announce("updated", invoiced, at);
    }

    /** The usage of the periods that end is billed at the prices that the items had. */
    private static Subscription close(Subscription subscription, Instant at, List<InvoicePart> parts) {
        return subscription.eachItem(item -> {
            if (item.end().isAfter(at) || !item.isMetered()) {
                return item;
            }
            parts.add(UsageStretch.of(subscription, item, at));
            return item.withUsageFrom(at);
        });
    }

    private Subscription open(Subscription subscription, Instant at, List<InvoicePart> parts) {
        return subscription.eachItem(item -> {
            if (item.end().isAfter(at)) {
                return item;
            }
            Instant end = subscription.anchor().rhythm(item.price()).endAfter(at);
            SubscriptionItem opened = item.inPeriod(at, end);
            if (!item.isMetered()) {
                parts.addAll(fees.period(subscription, opened));
            }
            return opened;
        });
    }

    /** Everything that was not invoiced yet. */
    private List<InvoicePart> last(Subscription subscription, boolean prorates, Instant at) {
        List<InvoicePart> parts = new ArrayList<>(subscription.pending());
        for (SubscriptionItem item : subscription.items()) {
            UsageStretch stretch = UsageStretch.of(subscription, item, at);
            if (item.isMetered() && !stretch.isEmpty()) {
                parts.add(stretch);
            } else if (!item.isMetered() && prorates) {
                parts.addAll(fees.credit(subscription, item, at));
            }
        }
        return parts;
    }

    private Subscription end(Subscription subscription, String reason, List<InvoicePart> parts, Instant at) {
        Subscription ended = subscription
                .withPending(List.of())
                .withEnding(subscription.ending().endedAt(at));
        if (!parts.isEmpty()) {
            Invoice.Head head = Invoice.Head.of(subscription, reason, at, periodStart(subscription, at), at);
            ended = ended.withLatestInvoice(invoices.draft(head, parts).id());
        }
        book.put(ended);
        plan.ended(ended, at);
        book.announce("deleted", ended, at);
        return ended;
    }

    /** Of the period that ends, of the shortest one if there are several. */
    private static Instant periodStart(Subscription subscription, Instant at) {
        return subscription.items().stream()
                .filter(item -> !item.end().isAfter(at))
                .map(SubscriptionItem::start)
                .max(Instant::compareTo)
                .orElseGet(() -> subscription.items().stream()
                        .map(SubscriptionItem::start)
                        .max(Instant::compareTo)
                        .orElse(at));
    }

    /** Finalized in the same moment if it is charged automatically. */
    private Invoice atOnce(Invoice.Head head, List<? extends InvoicePart> parts) {
        Invoice draft = invoices.draft(head, parts);
        return head.texts().chargesAutomatically() ? invoices.finish(draft, head.created()) : draft;
    }

    /** Keeps it, and comes back when it is due. */
    private void store(Subscription subscription) {
        book.put(subscription);
        agenda.at(subscription.due(), Agenda.Turn.PERIODS, at -> turn(subscription.id(), at));
    }
}
