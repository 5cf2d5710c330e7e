package io.tallymark.billing;

import io.tallymark.billing.MappedCustomers.Mapped;
import io.tallymark.database.Database;
import io.tallymark.database.Sql;
import io.tallymark.stripe.StripeBilling;
import io.tallymark.stripe.StripeInvoice;
import io.tallymark.stripe.StripePages;
import io.tallymark.stripe.StripeSubscription;
import io.tallymark.usage.UserError;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;

/**
 * One reading of everything. The whole account is read page by page as long as that costs no more calls than asking for each mapped
 * customer would; an account of many more customers than are mapped is read customer by customer, those first that were not seen for the
 * longest time. So one that was cut off goes on where it ended, and everything that was read is kept.
 */
public final class MirrorSync {
    /** Two lists a customer, and less than that is never worth asking customer by customer. */
    private static final int LISTS = 2;

    private static final int LEAST_PAGES = 20;
    private static final int MOST_PAGES = 10_000;
    private static final int MOST_FAILURES = 3;

    private final Database database;
    private final StripeBilling stripe;
    private final Mirror mirror;
    private final boolean withInvoices;
    private final Notes notes;
    private final Progress progress;
    private long subscriptions;
    private long invoices;
    private long failed;

    /** Told how many objects were read so far. */
    @FunctionalInterface
    public interface Progress {
        void at(long read);
    }

    /** @param withInvoices whether those are read too */
    MirrorSync(
            Database database,
            StripeBilling stripe,
            Mirror mirror,
            boolean withInvoices,
            Consumer<String> note,
            Progress progress) {
        this.database = database;
        this.stripe = stripe;
        this.mirror = mirror;
        this.withInvoices = withInvoices;
        this.notes = new Notes(note);
        this.progress = progress;
    }

    MirrorSummary run() throws SQLException {
        return run(LEAST_PAGES);
    }

    /** @param leastPages of a list, worth reading however few customers are mapped; 0: the account is never read whole */
    MirrorSummary run(int leastPages) throws SQLException {
        Instant began = mirror.now();
        List<Mapped> mapped = database.inTransaction(MappedCustomers::all);
        int pages = Math.min(MOST_PAGES, Math.max(leastPages, LISTS * mapped.size()));
        boolean whole = leastPages > 0 && readAccount(pages);
        if (whole) {
            if (withInvoices) {
                refreshDrafts(began);
            }
            for (Mapped customer : mapped) {
                mirror.keep(customer.stripeId(), notes);
            }
            if (withInvoices) {
                mirror.flagUnbilledEnds(null, notes);
            }
        } else {
            readCustomers(mapped);
        }
        if (withInvoices && failed == 0) {
            synced(began);
        }
        return new MirrorSummary(whole, subscriptions, invoices, notes.changes(), notes.flags(), failed);
    }

    /** @return whether the pages were enough */
    private boolean readAccount(int mostPages) throws SQLException {
        StripePages<StripeSubscription> newestSubscriptions = stripe.subscriptions();
        for (int page = 0; page < mostPages && newestSubscriptions.hasMore(); page++) {
            Instant seenAt = mirror.now();
            List<StripeSubscription> read = newestSubscriptions.next();
            mirror.writeSubscriptions(read, seenAt);
            subscriptions += read.size();
            progress.at(subscriptions + invoices);
        }
        return !newestSubscriptions.hasMore() && (!withInvoices || readInvoices(mostPages));
    }

    private boolean readInvoices(int mostPages) throws SQLException {
        StripePages<StripeInvoice> newestInvoices = stripe.invoices();
        for (int page = 0; page < mostPages && newestInvoices.hasMore(); page++) {
            Instant seenAt = mirror.now();
            List<StripeInvoice> read = newestInvoices.next();
            mirror.writeInvoices(read, seenAt);
            invoices += read.size();
            progress.at(subscriptions + invoices);
        }
        return !newestInvoices.hasMore();
    }

    private void readCustomers(List<Mapped> mapped) throws SQLException {
        subscriptions = 0;
        invoices = 0;
        long inARow = 0;
        for (Mapped customer : mapped) {
            try {
                read(customer);
                inARow = 0;
            } catch (UserError e) {
                failed++;
                inARow++;
                notes.flag(customer.customerId() + ": " + customer.stripeId() + " cannot be read: " + e.getMessage());
                if (inARow == MOST_FAILURES) {
                    throw e;
                }
            }
            progress.at(subscriptions + invoices);
        }
    }

    private void read(Mapped customer) throws SQLException {
        if (withInvoices) {
            MirrorSummary read = mirror.refreshCustomer(customer.stripeId(), notes);
            subscriptions += read.subscriptions();
            invoices += read.invoices();
        } else {
            subscriptions += mirror.refreshSubscriptions(customer.stripeId(), notes);
        }
    }

    /** Drafts that the list did not have: deleted, or finalized while it was read. */
    private void refreshDrafts(Instant began) throws SQLException {
        List<String> drafts = database.inTransaction(connection -> Sql.query(
                connection,
                row -> row.getString(1),
                "SELECT invoice_id FROM billing_invoice WHERE status = 'draft' AND seen_at < ?",
                began));
        for (String draft : drafts) {
            mirror.refreshInvoice(draft);
        }
    }

    private void synced(Instant began) throws SQLException {
        database.inTransaction(connection -> Sql.update(connection, "UPDATE billing_mirror SET synced_at = ?", began));
    }
}
