package io.tallymark.close;

import io.tallymark.config.CloseSettings;
import io.tallymark.database.Database;
import io.tallymark.database.Sql;
import io.tallymark.usage.PrintableText;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps drafts of which something is missing from being finalized, as the settings say, and never beyond their deadline in silence. */
final class Holding {
    private static final Logger LOG = LoggerFactory.getLogger(Holding.class);

    private final Database database;
    private final InvoiceDesk desk;
    private final CloseSettings settings;

    Holding(Database database, InvoiceDesk desk, CloseSettings settings) {
        this.database = database;
        this.desk = desk;
        this.settings = settings;
    }

    /**
     * Holds a draft.
     *
     * @return what that means; empty when it turned out to be final already
     */
    Optional<Closed.Decision> keep(ClosingInvoice invoice, List<Reason> reasons) throws SQLException {
        boolean overdue = alarmIfOverdue(invoice, reasons);
        if (overdue && settings.atDeadline() == CloseSettings.AtDeadline.FINALIZE && isOurs(invoice)) {
            desk.finalizeInvoice(invoice.id());
            return Optional.of(Closed.Decision.OVERDUE);
        }
        Closed.Decision kept =
                settings.hold() == CloseSettings.Hold.OFF ? Closed.Decision.NOT_HELD : Closed.Decision.HELD;
        Closed.Decision decision = overdue ? Closed.Decision.OVERDUE : kept;
        if (settings.hold() == CloseSettings.Hold.OFF) {
            return Optional.of(decision);
        }
        boolean isLast = settings.hold() == CloseSettings.Hold.AUTO_ADVANCE || overdue;
        if (invoice.autoAdvance() || settings.hold() == CloseSettings.Hold.RESPOND) {
            // Before the call: whoever finds the draft held after a crash knows that it was us.
            database.inTransaction(connection -> {
                CloseTable.held(connection, invoice.id());
                return true;
            });
        }
        return invoice.autoAdvance() && isLast && !hold(invoice.id()) ? Optional.empty() : Optional.of(decision);
    }

    /** Says that a deadline has passed, at each look. */
    boolean alarmIfOverdue(ClosingInvoice invoice, List<Reason> reasons) throws SQLException {
        Instant now = database.inTransaction(Sql::now);
        if (now.isBefore(invoice.createdAt().plus(settings.deadline()))) {
            return false;
        }
        LOG.error(
                "Invoice {} of {} is not closed after {} h: {}",
                invoice.id(),
                PrintableText.of(invoice.customerId().orElse(invoice.stripeCustomerId())),
                settings.deadline().toHours(),
                PrintableText.of(reasons.get(0).text()));
        database.inTransaction(connection -> {
            CloseTable.alarmed(connection, invoice.id());
            return true;
        });
        return true;
    }

    /** A draft that a person keeps is not ours to finalize. */
    private boolean isOurs(ClosingInvoice invoice) throws SQLException {
        return invoice.autoAdvance()
                || database.inTransaction(connection -> CloseTable.find(connection, invoice.id()))
                        .map(CloseTable.Entry::heldSince)
                        .isPresent();
    }

    /** Read anew, for Stripe may have finalized it during the check: false then. */
    private boolean hold(String invoiceId) throws SQLException {
        desk.refresh(invoiceId);
        boolean draft = database.inSnapshot(connection -> InvoiceReader.find(connection, invoiceId))
                .filter(ClosingInvoice::isDraft)
                .isPresent();
        if (draft) {
            desk.hold(invoiceId);
        }
        return draft;
    }
}
