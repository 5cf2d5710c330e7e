package io.tallymark.close;

import io.tallymark.billing.Mirror;
import io.tallymark.config.CloseSettings;
import io.tallymark.config.Settings;
import io.tallymark.database.Database;
import io.tallymark.reconcile.Reconciliation;
import io.tallymark.report.Seal;
import io.tallymark.report.Seals;
import io.tallymark.stripe.StripeBilling;
import io.tallymark.usage.Meter;
import io.tallymark.usage.PrintableText;
import io.tallymark.usage.UserError;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets invoices go, or holds them. The order is what keeps every unit on exactly one bill: check, seal the hours, so that nothing of them
 * is told any more, check that the lines are what was told, finalize. May be ended at any point and begun again.
 */
public final class Closing {
    private static final Logger LOG = LoggerFactory.getLogger(Closing.class);

    private final Database database;
    private final InvoiceDesk desk;
    private final GoNoGo goNoGo;
    private final ToldUsage told;
    private final Shortfall shortfall;
    private final Holding holding;
    private final CloseSettings settings;
    private final String who;

    Closing(
            Database database,
            InvoiceDesk desk,
            GoNoGo goNoGo,
            Shortfall shortfall,
            CloseSettings settings,
            String who) {
        this.database = database;
        this.desk = desk;
        this.goNoGo = goNoGo;
        this.told = new ToldUsage(database);
        this.shortfall = shortfall;
        this.holding = new Holding(database, desk, settings);
        this.settings = settings;
        this.who = who;
    }

    /**
     * @param reconciliation stays the caller's to close, as do the others
     * @param who lets invoices go, for the sheet
     */
    public static Closing of(
            Database database,
            StripeBilling stripe,
            Mirror mirror,
            Reconciliation reconciliation,
            Settings settings,
            String who) {
        List<Meter> meters = settings.ingest().meters();
        GoNoGo goNoGo =
                new GoNoGo(database, reconciliation, meters, settings.ingest().topic(), settings.close());
        return new Closing(
                database,
                new MirrorDesk(database, stripe, mirror),
                goNoGo,
                new Shortfall(database, goNoGo, meters, settings.close()),
                settings.close(),
                who);
    }

    /** Told about each invoice, and how many there are. */
    @FunctionalInterface
    public interface Progress {
        void at(long done, long all);
    }

    /**
     * Looks at all drafts, and at those that were finalized without us.
     *
     * @param customerId only this customer's; null: all
     * @param from their period ends after it; null: whenever
     * @param to their period ends then or before; null with {@code from}
     */
    public List<Closed> closeAll(
            @Nullable String customerId, @Nullable Instant from, @Nullable Instant to, Progress progress)
            throws SQLException {
        desk.refreshDrafts();
        List<ClosingInvoice> invoices = database.inSnapshot(
                connection -> InvoiceReader.toClose(connection, new InvoiceReader.Wanted(customerId, from, to)));
        List<Closed> results = new ArrayList<>();
        for (ClosingInvoice invoice : invoices) {
            progress.at(results.size(), invoices.size());
            results.add(closeOrSayWhy(invoice));
        }
        return results;
    }

    /** One invoice that Stripe refuses to finalize must not keep the others. */
    private Closed closeOrSayWhy(ClosingInvoice invoice) throws SQLException {
        try {
            return close(invoice.id());
        } catch (UserError e) {
            LOG.warn(
                    "Invoice {} could not be looked at: {}",
                    invoice.id(),
                    PrintableText.of(String.valueOf(e.getMessage())));
            List<Reason> reasons = List.of(new Reason(Reason.Kind.FAILED, "", String.valueOf(e.getMessage())));
            record(invoice, reasons);
            boolean overdue = holding.alarmIfOverdue(invoice, reasons);
            return closed(overdue ? Closed.Decision.OVERDUE : Closed.Decision.NOT_HELD, invoice, reasons);
        }
    }

    /**
     * Looks at one invoice, and lets it go if nothing is missing.
     *
     * @throws UserError when the mirror does not know it, or Stripe refuses
     */
    public synchronized Closed close(String invoiceId) throws SQLException {
        return InvoiceLock.run(database, invoiceId, () -> closeLocked(invoiceId));
    }

    /**
     * Lets an invoice go although something is missing, by a person's decision; its hours are sealed all the same, as far as they can be.
     *
     * @throws UserError when there is no such invoice, or hours of it are about to be told
     */
    public synchronized Closed accept(String invoiceId) throws SQLException {
        return InvoiceLock.run(database, invoiceId, () -> {
            desk.refresh(invoiceId);
            ClosingInvoice invoice = read(invoiceId);
            List<Reason> reasons = goNoGo.reasons(invoice);
            List<Reason> open = invoice.customerId().isEmpty() ? List.of() : seal(invoice);
            if (!open.isEmpty()) {
                throw new UserError(
                        "hours of " + invoiceId + " are about to be told: "
                                + open.get(0).text(),
                        "./tallymark sync first");
            }
            record(invoice, reasons);
            if (invoice.isDraft()) {
                desk.finalizeInvoice(invoiceId);
                desk.refresh(invoiceId);
                invoice = read(invoiceId);
            }
            if (invoice.customerId().isPresent()) {
                shortfall.settle(invoice, goNoGo.reasons(invoice));
            }
            return markClosed(invoice);
        });
    }

    private Closed closeLocked(String invoiceId) throws SQLException {
        desk.refresh(invoiceId);
        ClosingInvoice invoice = read(invoiceId);
        Optional<CloseTable.Entry> before =
                database.inTransaction(connection -> CloseTable.find(connection, invoiceId));
        if (before.filter(entry -> entry.state() == CloseTable.State.CLOSED).isPresent()) {
            return closed(Closed.Decision.WAS_CLOSED, invoice, List.of());
        }
        if (!database.inTransaction(connection -> InvoiceReader.billsUsage(connection, invoiceId))) {
            return closed(Closed.Decision.NOT_OURS, invoice, List.of());
        }
        if (!invoice.isDraft()) {
            return afterwards(invoice);
        }
        List<Reason> reasons = new ArrayList<>(goNoGo.reasons(invoice));
        if (reasons.isEmpty()) {
            reasons.addAll(seal(invoice));
        }
        if (reasons.isEmpty()) {
            desk.refresh(invoiceId);
            invoice = read(invoiceId);
            reasons.addAll(told.differences(invoice));
        }
        record(invoice, reasons);
        if (!reasons.isEmpty()) {
            return keep(invoice, List.copyOf(reasons));
        }
        boolean ours = before.map(CloseTable.Entry::heldSince).isPresent();
        // Somebody else keeps the draft: it is theirs to let go.
        return invoice.autoAdvance() || ours ? letGo(invoice) : closed(Closed.Decision.READY, invoice, List.of());
    }

    private void record(ClosingInvoice invoice, List<Reason> reasons) throws SQLException {
        database.inTransaction(connection -> {
            CloseTable.checked(connection, invoice, reasons);
            return true;
        });
    }

    private Closed letGo(ClosingInvoice invoice) throws SQLException {
        database.inTransaction(connection -> {
            CloseTable.closing(connection, invoice.id(), who);
            return true;
        });
        try {
            desk.finalizeInvoice(invoice.id());
        } catch (UserError e) {
            // Another close may have been faster: both found the same, for the hours are sealed.
            desk.refresh(invoice.id());
            if (read(invoice.id()).isDraft()) {
                throw e;
            }
        }
        return markClosed(invoice);
    }

    private Closed markClosed(ClosingInvoice invoice) throws SQLException {
        database.inTransaction(connection -> {
            CloseTable.closed(connection, invoice.id(), who);
            return true;
        });
        return closed(Closed.Decision.CLOSED, invoice, List.of());
    }

    private Closed keep(ClosingInvoice invoice, List<Reason> reasons) throws SQLException {
        Optional<Closed.Decision> decision = holding.keep(invoice, reasons);
        return decision.isPresent() ? closed(decision.get(), invoice, reasons) : afterwards(read(invoice.id()));
    }

    /** An invoice that somebody else finalized, or that we did just before a crash. */
    private Closed afterwards(ClosingInvoice invoice) throws SQLException {
        // Sealed first: what is told from now on would be billed nowhere.
        List<Reason> found = invoice.isVoid() || invoice.customerId().isEmpty() ? List.of() : seal(invoice);
        if (found.isEmpty() && !invoice.isVoid()) {
            found = shortfall.settle(invoice, goNoGo.reasons(invoice));
        }
        record(invoice, found);
        if (found.isEmpty()) {
            return markClosed(invoice);
        }
        boolean overdue = holding.alarmIfOverdue(invoice, found);
        return closed(overdue ? Closed.Decision.OVERDUE : Closed.Decision.SHORT, invoice, found);
    }

    private List<Reason> seal(ClosingInvoice invoice) throws SQLException {
        String customer = invoice.customerId().orElseThrow();
        return database.inTransaction(connection -> {
            List<Reason> open = new ArrayList<>();
            for (String metric : invoice.metrics().stream().sorted().toList()) {
                for (Seals.OpenHour hour : Seals.seal(connection, customer, metric, sealOf(invoice))) {
                    open.add(new Reason(Reason.Kind.UNREPORTED, metric, hour.hour() + ": " + hour.reason()));
                }
            }
            if (open.isEmpty()) {
                shortfall.carryBelowZero(connection, invoice);
            }
            return open;
        });
    }

    private Seal sealOf(ClosingInvoice invoice) {
        String cause = "invoice " + invoice.id() + " finalized";
        if (!invoice.subscriptionLives()) {
            return new Seal(invoice.end(), Seal.Late.DROP, null, cause + ", and the subscription ended");
        }
        Seal.Late late = settings.late() == CloseSettings.Late.CARRY_FORWARD ? Seal.Late.CARRY : Seal.Late.HOLD;
        return new Seal(invoice.end(), late, invoice.carryTo(), cause);
    }

    private ClosingInvoice read(String invoiceId) throws SQLException {
        return database.inSnapshot(connection -> InvoiceReader.find(connection, invoiceId))
                .orElseThrow(() -> new UserError(
                        "Stripe has no invoice " + invoiceId, "look at the id; ./tallymark close lists what is due"));
    }

    private static Closed closed(Closed.Decision decision, ClosingInvoice invoice, List<Reason> reasons) {
        return new Closed(
                decision, invoice.id(), invoice.customerId().orElse(""), invoice.start(), invoice.end(), reasons);
    }
}
