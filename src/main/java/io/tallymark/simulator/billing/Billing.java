package io.tallymark.simulator.billing;

import io.tallymark.simulator.call.Routes;
import io.tallymark.simulator.catalog.Prices;
import io.tallymark.simulator.customers.Customers;
import io.tallymark.simulator.events.AccountEvents;
import io.tallymark.simulator.metering.LegacyItems;
import io.tallymark.simulator.metering.Meters;
import io.tallymark.simulator.metering.UsageLedger;
import io.tallymark.simulator.metering.Validation;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** The subscriptions, schedules and invoices of an account, which go by its clock. Thread safe: everything happens under one lock. */
public final class Billing {
    private final Customers customers;
    private final BillingClock clock;
    private final SubscriptionBook subscriptions;
    private final InvoiceBook invoices;
    private final SubscriptionChange.Billed billed;
    private final SubscriptionLife life;
    private final Schedules schedules;

    /** The parts of the account that billing reads. */
    public record Account(
            Customers customers,
            Prices prices,
            Meters meters,
            UsageLedger usage,
            LegacyItems legacy,
            Validation validation,
            AccountEvents events) {}

    public Billing(InstantSource source, Account account) {
        customers = account.customers();
        Agenda agenda = new Agenda();
        clock = new BillingClock(source, agenda, account.validation());
        MeteredUsage usage = new MeteredUsage(account.prices(), account.meters(), account.usage(), account.legacy());
        BaseFees fees = new BaseFees(account.prices());
        subscriptions = new SubscriptionBook(account.legacy(), account.events());
        invoices = new InvoiceBook(agenda, account.events(), usage);
        billed = new SubscriptionChange.Billed(new ItemRules(account.prices()), fees, usage, subscriptions, invoices);
        ScheduleBook plans = new ScheduleBook(
                new SubscriptionChange.Billed(billed.rules().withArchived(), fees, usage, subscriptions, invoices));
        life = new SubscriptionLife(agenda, subscriptions, invoices, fees, plans);
        schedules = new Schedules(clock, agenda, plans, billed, life);
        customers.onDelete(this::endAllOf);
    }

    public void addTo(Routes routes) {
        new Subscriptions(clock, customers, billed, life).addTo(routes);
        schedules.addTo(routes);
        InvoicePreview previews = new InvoicePreview(clock, billed, life);
        previews.addTo(routes);
        new Invoices(clock, invoices, previews).addTo(routes);
    }

    /** Brings everything up to the present, in order of its time: renewals, ends, phases, finalizations. */
    public void settle() {
        clock.settle();
    }

    /** The lines of a customer's finalized invoices that are not void, oldest invoice first. */
    public List<InvoicedLine> invoiced(String customer) {
        List<InvoicedLine> lines = new ArrayList<>();
        clock.run(() -> {
            for (Invoice invoice : invoices.newestFirst()) {
                boolean billed = invoice.progress().finalizedAt() != null
                        && invoice.progress().voidedAt() == null;
                if (billed && invoice.head().customer().equals(customer)) {
                    lines.addAll(0, lines(invoice));
                }
            }
        });
        return lines;
    }

    private List<InvoicedLine> lines(Invoice invoice) {
        return invoices.lines(invoice).stream()
                .map(line -> new InvoicedLine(
                        invoice.id(),
                        invoice.head().reason(),
                        line.subscription(),
                        line.item(),
                        line.price().id(),
                        line.start(),
                        line.end(),
                        line.quantity(),
                        line.amount(),
                        line.description(),
                        line.proration()))
                .toList();
    }

    /** A customer that is deleted is subscribed to nothing any more, and gets no last invoice. */
    private void endAllOf(String customer) {
        clock.run(() -> subscriptions.newestFirst().stream()
                .filter(subscription ->
                        subscription.isAlive() && subscription.customer().equals(customer))
                .forEach(subscription -> life.cancel(subscription, false, false, clock.now())));
    }
}
