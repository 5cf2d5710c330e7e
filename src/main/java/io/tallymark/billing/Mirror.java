package io.tallymark.billing;

import io.tallymark.billing.MappedCustomers.Mapped;
import io.tallymark.database.Database;
import io.tallymark.database.Sql;
import io.tallymark.stripe.StripeBilling;
import io.tallymark.stripe.StripeInvoice;
import io.tallymark.stripe.StripeInvoiceLine;
import io.tallymark.stripe.StripePages;
import io.tallymark.stripe.StripeSubscription;
import io.tallymark.stripe.StripeSubscriptionItem;
import io.tallymark.usage.Meter;
import io.tallymark.usage.UserError;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the tables of subscriptions and invoices equal to Stripe. It only ever writes whole objects that it has read, so that writing one
 * twice changes nothing, and never an older reading over a newer one. What reporting needs of them, the billing periods and legacy items
 * of mapped customers, follows. Thread safe.
 */
public final class Mirror {
    private static final Logger LOG = LoggerFactory.getLogger(Mirror.class);

    private final Database database;
    private final StripeBilling stripe;
    private final MetricNames metrics;

    private Mirror(Database database, StripeBilling stripe, MetricNames metrics) {
        this.database = database;
        this.stripe = stripe;
        this.metrics = metrics;
    }

    /**
     * Makes no call to Stripe.
     *
     * @param meters of tallymark.yaml
     */
    public static Mirror of(Database database, StripeBilling stripe, List<Meter> meters) throws SQLException {
        return new Mirror(database, stripe, MetricNames.of(stripe, database, meters));
    }

    /**
     * Reads an invoice anew. A draft that Stripe does not have any more leaves the mirror.
     *
     * @return it, as Stripe has it now
     */
    public Optional<StripeInvoice> refreshInvoice(String id) throws SQLException {
        Instant seenAt = now();
        Optional<StripeInvoice> invoice = stripe.invoice(id);
        if (invoice.isPresent()) {
            writeInvoices(List.of(invoice.get()), seenAt);
        } else {
            database.inTransaction(connection -> {
                MirrorTables.removeDraft(connection, id, seenAt);
                return id;
            });
        }
        return invoice;
    }

    /** Reads the invoices anew that were made since an instant: one may have been final before anybody saw it as a draft. */
    public void refreshInvoicesSince(Instant since) throws SQLException {
        Instant seenAt = now();
        StripePages<StripeInvoice> invoices = stripe.invoicesSince(since);
        while (invoices.hasMore()) {
            writeInvoices(invoices.next(), seenAt);
        }
    }

    /** Reads all drafts of the account anew, and what became of those that are none any more. */
    public void refreshDrafts() throws SQLException {
        Instant seenAt = now();
        StripePages<StripeInvoice> drafts = stripe.drafts();
        while (drafts.hasMore()) {
            writeInvoices(drafts.next(), seenAt);
        }
        for (String draft : database.inTransaction(connection -> Sql.query(
                connection,
                row -> row.getString(1),
                "SELECT invoice_id FROM billing_invoice WHERE status = 'draft' AND seen_at < ?",
                seenAt))) {
            refreshInvoice(draft);
        }
    }

    /**
     * Reads a subscription anew, and keeps what reporting uses of its customer.
     *
     * @return it, as Stripe has it now
     */
    public Optional<StripeSubscription> refreshSubscription(String id) throws SQLException {
        Instant seenAt = now();
        Optional<StripeSubscription> subscription = stripe.subscription(id);
        if (subscription.isPresent()) {
            writeSubscriptions(List.of(subscription.get()), seenAt);
            keep(subscription.get().customer(), new Notes(text -> LOG.info("mirror: {}", text)));
        }
        return subscription;
    }

    /**
     * Reads all subscriptions and invoices of a Stripe customer anew, mapped or not, and keeps what reporting uses of it.
     *
     * @param note told of each change and flag of what reporting uses
     */
    public MirrorSummary refreshCustomer(String stripeCustomerId, Consumer<String> note) throws SQLException {
        return refreshCustomer(stripeCustomerId, new Notes(note));
    }

    /** As {@link #refreshCustomer}, of its subscriptions only; how many it has. */
    long refreshSubscriptions(String stripeCustomerId, Notes notes) throws SQLException {
        Instant seenAt = now();
        List<StripeSubscription> subscriptions = stripe.subscriptions(stripeCustomerId);
        writeSubscriptions(subscriptions, seenAt);
        keep(stripeCustomerId, notes);
        return subscriptions.size();
    }

    MirrorSummary refreshCustomer(String stripeCustomerId, Notes notes) throws SQLException {
        Instant seenAt = now();
        List<StripeSubscription> subscriptions = stripe.subscriptions(stripeCustomerId);
        writeSubscriptions(subscriptions, seenAt);
        Instant invoicesSeenAt = now();
        List<StripeInvoice> invoices = stripe.invoices(stripeCustomerId, null, null);
        writeInvoices(invoices, invoicesSeenAt);
        for (String draft : unseenDrafts(stripeCustomerId, invoicesSeenAt)) {
            refreshInvoice(draft);
        }
        keep(stripeCustomerId, notes);
        flagUnbilledEnds(stripeCustomerId, notes);
        return new MirrorSummary(false, subscriptions.size(), invoices.size(), notes.changes(), notes.flags(), 0);
    }

    /**
     * As {@link #refreshCustomer}, of a mapped customer.
     *
     * @throws UserError when nobody has mapped it
     */
    public MirrorSummary syncCustomer(String customerId, Consumer<String> note) throws SQLException {
        return refreshCustomer(mapped(customerId).stripeId(), note);
    }

    /**
     * Reads everything anew; see {@link MirrorSync}.
     *
     * @param note told of each change and flag of what reporting uses
     * @param progress told how many objects were read so far
     */
    public MirrorSummary sync(Consumer<String> note, MirrorSync.Progress progress) throws SQLException {
        return new MirrorSync(database, stripe, this, true, note, progress).run();
    }

    /** As {@link #sync}, without the invoices, which are many more; the mirror is as old as before as a whole. */
    public MirrorSummary syncSubscriptions(Consumer<String> note, MirrorSync.Progress progress) throws SQLException {
        return new MirrorSync(database, stripe, this, false, note, progress).run();
    }

    Mapped mapped(String customerId) throws SQLException {
        return database.inTransaction(connection -> MappedCustomers.find(connection, customerId))
                .orElseThrow(() -> KnownCustomer.unknown(customerId));
    }

    /**
     * Reads a mapped customer anew, and finds the subscription that bills its usage.
     *
     * @throws UserError when nobody has mapped it, or it has no live subscription or more than one
     */
    public LiveSubscription live(String customerId) throws SQLException {
        Mapped customer = mapped(customerId);
        refreshCustomer(customer.stripeId(), note -> {});
        StripeSubscription subscription =
                new OwnSubscriptions(customerId, stripe.subscriptions(customer.stripeId())).only();
        return new LiveSubscription(customerId, subscription, metricByItem(subscription));
    }

    /** The metric that a price bills; empty for a fee, and for usage that is not ours. */
    public Optional<String> metricOfPrice(String priceId) {
        return metrics.ofPrice(priceId);
    }

    /** The metric that each item bills, by the item's id. */
    Map<String, String> metricByItem(StripeSubscription subscription) {
        Map<String, String> metricByItem = new LinkedHashMap<>();
        for (StripeSubscriptionItem item : subscription.items()) {
            metrics.of(item).ifPresent(metric -> metricByItem.put(item.id(), metric));
        }
        return metricByItem;
    }

    MetricNames metrics() {
        return metrics;
    }

    /** The one clock by which the mirror is old or new. */
    Instant now() throws SQLException {
        return database.inTransaction(Sql::now);
    }

    /** One transaction for each customer. */
    void writeSubscriptions(List<StripeSubscription> subscriptions, Instant seenAt) throws SQLException {
        for (List<StripeSubscription> ofCustomer : byCustomer(subscriptions, StripeSubscription::customer)) {
            Map<StripeSubscription, Map<String, String>> metricsOf = new LinkedHashMap<>();
            ofCustomer.forEach(subscription -> metricsOf.put(subscription, metricByItem(subscription)));
            database.inTransaction(connection -> {
                for (Map.Entry<StripeSubscription, Map<String, String>> entry : metricsOf.entrySet()) {
                    MirrorTables.write(connection, entry.getKey(), entry.getValue(), seenAt);
                }
                return seenAt;
            });
        }
    }

    /** One transaction for each customer. */
    void writeInvoices(List<StripeInvoice> invoices, Instant seenAt) throws SQLException {
        for (List<StripeInvoice> ofCustomer : byCustomer(invoices, StripeInvoice::customer)) {
            Map<String, String> metricByPrice = metricByPrice(ofCustomer);
            database.inTransaction(connection -> {
                for (StripeInvoice invoice : ofCustomer) {
                    MirrorTables.write(connection, invoice, metricByPrice, seenAt);
                }
                return seenAt;
            });
        }
    }

    /** Brings what reporting uses up to the mirror, if the customer is mapped. */
    void keep(String stripeCustomerId, Notes notes) throws SQLException {
        database.inTransaction(connection -> {
            Optional<Mapped> customer = MappedCustomers.payer(connection, stripeCustomerId);
            if (customer.isPresent()) {
                AnchorKeeper.keep(connection, customer.get(), notes);
                ItemKeeper.keep(connection, customer.get(), notes);
            }
            return stripeCustomerId;
        });
    }

    /**
     * Only after a reading of the invoices too: a subscription that was read alone may have one that nobody has seen.
     *
     * @param stripeCustomerId null: of all mapped customers
     */
    void flagUnbilledEnds(@Nullable String stripeCustomerId, Notes notes) throws SQLException {
        database.inTransaction(connection -> UnbilledEnd.find(connection, stripeCustomerId))
                .forEach(end -> notes.flag(end.text()));
    }

    private List<String> unseenDrafts(String stripeCustomerId, Instant seenAt) throws SQLException {
        return database.inTransaction(connection -> Sql.query(
                connection,
                row -> row.getString(1),
                "SELECT invoice_id FROM billing_invoice WHERE stripe_customer_id = ? AND status = 'draft' AND seen_at < ?",
                stripeCustomerId,
                seenAt));
    }

    private Map<String, String> metricByPrice(List<StripeInvoice> invoices) {
        Map<String, String> metricByPrice = new HashMap<>();
        invoices.stream()
                .flatMap(invoice -> invoice.lines().stream())
                .map(StripeInvoiceLine::priceId)
                .filter(price -> !price.isEmpty())
                .distinct()
                .forEach(price -> metrics.ofPrice(price).ifPresent(metric -> metricByPrice.put(price, metric)));
        return metricByPrice;
    }

    private static <T> List<List<T>> byCustomer(List<T> objects, Function<T, String> customer) {
        return List.copyOf(objects.stream()
                .collect(Collectors.groupingBy(customer, LinkedHashMap::new, Collectors.toList()))
                .values());
    }
}
