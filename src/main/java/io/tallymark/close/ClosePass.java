package io.tallymark.close;

import io.tallymark.database.Database;
import io.tallymark.usage.PrintableText;
import io.tallymark.usage.UserError;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A look at many invoices: what Stripe refuses about one, or a statement that fails for it, keeps no other. */
final class ClosePass {
    private static final Logger LOG = LoggerFactory.getLogger(ClosePass.class);

    /** Invoices in a row of which not even the failure could be written down: the database is away. */
    private static final int MOST_UNRECORDED = 3;

    private final Database database;
    private final Holding holding;
    private int unrecorded;

    ClosePass(Database database, Holding holding) {
        this.database = database;
        this.holding = holding;
    }

    /** What came of one look; a failure is a result too, and the invoice is held for it where it can be. */
    Optional<Closed> look(ClosingInvoice invoice, InvoiceLock.Work<Optional<Closed>> look) throws SQLException {
        try {
            return look.run();
        } catch (UserError e) {
            LOG.warn("Invoice {} could not be looked at: {}", invoice.id(), PrintableText.of(text(e)));
            return Optional.of(failed(invoice, e));
        } catch (SQLException | RuntimeException e) {
            LOG.error("Invoice {} could not be looked at", invoice.id(), e);
            return Optional.of(failed(invoice, e));
        }
    }

    private Closed failed(ClosingInvoice invoice, Exception failure) throws SQLException {
        List<Reason> reasons = List.of(new Reason(Reason.Kind.FAILED, "", text(failure)));
        try {
            CloseTable.record(database, invoice, reasons);
            unrecorded = 0;
            return Closed.of(decide(invoice, reasons, failure), invoice, reasons);
        } catch (SQLException | UserError e) {
            unrecorded += e instanceof SQLException ? 1 : 0;
            LOG.error("Invoice {} could not be held after a failure", invoice.id(), e);
            if (e instanceof SQLException && unrecorded == MOST_UNRECORDED) {
                throw e;
            }
            return Closed.of(Closed.Decision.NOT_HELD, invoice, reasons);
        }
    }

    /** What went wrong on our side must not let an invoice go that nobody has looked at. */
    private Closed.Decision decide(ClosingInvoice invoice, List<Reason> reasons, Exception failure)
            throws SQLException {
        if (invoice.isDraft() && !(failure instanceof UserError)) {
            return holding.keep(invoice, reasons).orElse(Closed.Decision.SHORT);
        }
        if (holding.alarmIfOverdue(invoice, reasons)) {
            return Closed.Decision.OVERDUE;
        }
        boolean held = invoice.isDraft() && !invoice.autoAdvance();
        return held ? Closed.Decision.HELD : Closed.Decision.NOT_HELD;
    }

    private static String text(Exception failure) {
        return failure instanceof UserError
                ? String.valueOf(failure.getMessage())
                : "an error of ours or of the database: " + failure;
    }
}
