package io.tallymark.close;

import io.tallymark.billing.Mirror;
import io.tallymark.stripe.StripeBilling;
import io.tallymark.stripe.StripeInvoice;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;

/** The desk at Stripe, whose mirror always follows. */
final class MirrorDesk implements InvoiceDesk {
    private final StripeBilling stripe;
    private final Mirror mirror;

    MirrorDesk(StripeBilling stripe, Mirror mirror) {
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
    public void refreshDrafts() throws SQLException {
        mirror.refreshDrafts();
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
