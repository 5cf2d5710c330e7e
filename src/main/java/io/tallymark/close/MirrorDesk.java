package io.tallymark.close;

import io.tallymark.billing.Mirror;
import io.tallymark.database.Database;
import io.tallymark.database.Sql;
import io.tallymark.stripe.StripeBilling;
import io.tallymark.stripe.StripeInvoice;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** The desk at Stripe, whose mirror always follows. */
final class MirrorDesk implements InvoiceDesk {
    /** Longer than Stripe keeps a draft by itself. */
    private static final Duration RECENT = Duration.ofHours(75);

    private static final Duration RECENT_EVERY = Duration.ofMinutes(30);

    private final StripeBilling stripe;
    private final Mirror mirror;
    private final Database database;
    private Instant recentAt = Instant.EPOCH;

    MirrorDesk(Database database, StripeBilling stripe, Mirror mirror) {
        this.database = database;
        this.stripe = stripe;
        this.mirror = mirror;
    }

    @Override
    public void refresh(String invoiceId) throws SQLException {
        Optional<StripeInvoice> invoice = mirror.refreshInvoice(invoiceId);
        if (invoice.isPresent() && !invoice.get().subscriptionId().isEmpty()) {
            mirror.refreshSubscription(invoice.get().subscriptionId());
        }
    }

    @Override
    public synchronized void refreshDrafts() throws SQLException {
        mirror.refreshDrafts();
        Instant now = database.inTransaction(Sql::now);
        if (recentAt.plus(RECENT_EVERY).isBefore(now)) {
            mirror.refreshInvoicesSince(now.minus(RECENT));
            recentAt = now;
        }
    }

    @Override
    public void hold(String invoiceId) throws SQLException {
        stripe.setAutoAdvance(invoiceId, false, key());
        mirror.refreshInvoice(invoiceId);
    }

    @Override
    public void finalizeInvoice(String invoiceId) throws SQLException {
        stripe.finalizeInvoice(invoiceId, key());
        mirror.refreshInvoice(invoiceId);
    }

    /** Both calls may be repeated as they are; under one key Stripe would answer with the first failure for a day. */
    private static String key() {
        return "tallymark-" + UUID.randomUUID();
    }
}
