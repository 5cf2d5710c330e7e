package io.tallymark.close;

import java.sql.SQLException;

/** What closing does at Stripe. Each method may be called again after a crash, and leaves the mirror as Stripe is afterwards. */
public interface InvoiceDesk {
    /** Reads an invoice, its subscription and its lines into the mirror. */
    void refresh(String invoiceId) throws SQLException;

    /** Reads all drafts, and all invoices of a customer if one is named, into the mirror. */
    void refreshDrafts() throws SQLException;

    /** Keeps Stripe from finalizing a draft by itself. */
    void hold(String invoiceId) throws SQLException;

    /** Finalizes a draft. */
    void finalizeInvoice(String invoiceId) throws SQLException;
}
