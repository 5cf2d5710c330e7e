package io.tallymark.simulator.billing;

import io.tallymark.simulator.call.Ids;
import io.tallymark.simulator.call.Refusal;
import io.tallymark.simulator.call.Shelf;
import io.tallymark.simulator.events.AccountEvent;
import io.tallymark.simulator.events.AccountEvents;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The invoices and their way from draft to paid. A draft is finalized an hour after it was made, but not before {@code invoice.created}
 * was acknowledged, or 72 hours have passed. From then on its lines never change. The caller locks it.
 */
final class InvoiceBook {
    private static final Duration LONGEST_HOLD = Duration.ofDays(3);

    private final Agenda agenda;
    private final AccountEvents events;
    private final MeteredUsage usage;
    private final Predicate<AccountEvent> acknowledged;
    private final Ids ids = new Ids("in_");
    private final Ids itemIds = new Ids("ii_");
    private final Shelf<Invoice> invoices = new Shelf<>();
    private final Map<String, AccountEvent> announcements = new HashMap<>();
    private final Map<String, Integer> numbers = new HashMap<>();
    private final Set<String> held = new LinkedHashSet<>();

    InvoiceBook(Agenda agenda, AccountEvents events, MeteredUsage usage) {
        this(agenda, events, usage, events::acknowledged);
    }

    /** @param acknowledged whether an {@code invoice.created} holds nothing up */
    InvoiceBook(Agenda agenda, AccountEvents events, MeteredUsage usage, Predicate<AccountEvent> acknowledged) {
        this.agenda = agenda;
        this.events = events;
        this.usage = usage;
        this.acknowledged = acknowledged;
        agenda.always(this::release);
    }

    /** A draft that is finalized in an hour. */
    Invoice draft(Invoice.Head head, List<? extends InvoicePart> parts) {
        Instant due = head.created().plus(Invoice.GRACE);
        Invoice invoice = new Invoice(
                ids.next(),
                head,
                List.copyOf(parts),
                Invoice.Progress.draft(due),
                Map.of(),
                head.texts().description());
        invoices.put(invoice.id(), invoice);
        announcements.put(invoice.id(), announce("created", invoice, head.created()));
        remind(invoice, due);
        return invoice;
    }

    String nextItemId() {
        return itemIds.next();
    }

    Invoice get(String id) {
        return invoices.find(id).orElseThrow(() -> Refusal.noSuch("invoice", id));
    }

    List<Invoice> newestFirst() {
        return invoices.newestFirst();
    }

    /** As they are now: usage that comes while it is a draft still counts. */
    List<BilledLine> lines(Invoice invoice) {
        return invoice.parts().stream().flatMap(this::lines).toList();
    }

    private Stream<BilledLine> lines(InvoicePart part) {
        if (part instanceof UsageStretch stretch) {
            return usage.lines(stretch).stream();
        }
        return Stream.of((BilledLine) part);
    }

    void update(Invoice invoice, Instant at) {
        invoices.put(invoice.id(), invoice);
        Instant due = invoice.progress().finalizesAt();
        if (due != null) {
            remind(invoice, due);
        }
        announce("updated", invoice, at);
    }

    /** Freezes the lines of a draft; what is to be collected is paid at once, since customers can always pay here. */
    Invoice finish(Invoice draft, Instant at) {
        held.remove(draft.id());
        Invoice invoice =
                draft.withParts(lines(draft)).withProgress(draft.progress().open(number(draft), at));
        invoices.put(invoice.id(), invoice);
        announce("finalized", invoice, at);
        boolean free = total(lines(invoice)).signum() <= 0;
        boolean collected =
                invoice.progress().autoAdvance() && invoice.head().texts().chargesAutomatically();
        return free || collected ? pay(invoice, at) : invoice;
    }

    private Invoice pay(Invoice invoice, Instant at) {
        Invoice paid = invoice.withProgress(invoice.progress().paid(at));
        invoices.put(paid.id(), paid);
        announce("paid", paid, at);
        announce("payment_succeeded", paid, at);
        return paid;
    }

    Invoice nullify(Invoice open, Instant at) {
        Invoice invoice = open.withProgress(open.progress().voided(at));
        invoices.put(invoice.id(), invoice);
        announce("voided", invoice, at);
        return invoice;
    }

    static BigInteger total(List<BilledLine> lines) {
        return lines.stream().map(BilledLine::amount).reduce(BigInteger.ZERO, BigInteger::add);
    }

    /** Finalizes the drafts whose hour has passed and whose {@code invoice.created} was acknowledged meanwhile. */
    private void release(Instant now) {
        for (String id : List.copyOf(held)) {
            Invoice invoice = get(id);
            if (!invoice.isDraft() || invoice.progress().finalizesAt() == null) {
                held.remove(id);
            } else if (isAcknowledged(invoice)) {
                finish(invoice, now);
            }
        }
    }

    private void remind(Invoice invoice, Instant due) {
        agenda.at(due, Agenda.Turn.INVOICES, at -> advance(invoice.id(), at));
    }

    private void advance(String id, Instant at) {
        Invoice invoice = get(id);
        Instant due = invoice.progress().finalizesAt();
        if (!invoice.isDraft() || due == null || due.isAfter(at)) {
            return;
        }
        Instant last = invoice.head().created().plus(LONGEST_HOLD);
        if (isAcknowledged(invoice) || !last.isAfter(at)) {
            finish(invoice, at);
        } else if (held.add(id)) {
            remind(invoice, last);
        }
    }

    private boolean isAcknowledged(Invoice invoice) {
        AccountEvent announcement = announcements.get(invoice.id());
        return announcement == null || acknowledged.test(announcement);
    }

    private AccountEvent announce(String what, Invoice invoice, Instant at) {
        return events.emit("invoice." + what, InvoiceJson.of(invoice, lines(invoice)), at);
    }

    /** The customer's own letters, and how many it has. */
    private String number(Invoice invoice) {
        String customer = invoice.head().customer();
        int count = numbers.merge(customer, 1, Integer::sum);
        String letters = String.format("%08X", customer.hashCode());
        return String.format("%s-%04d", letters, count);
    }
}
