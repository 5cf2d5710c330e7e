package io.tallymark.close;

import io.tallymark.billing.Mirror;
import io.tallymark.config.CloseSettings;
import io.tallymark.config.Settings;
import io.tallymark.database.Database;
import io.tallymark.reconcile.Reconciliation;
import io.tallymark.stripe.StripeBilling;
import io.tallymark.usage.Meter;
import io.tallymark.usage.UserError;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Lets invoices go, or holds them. The order is what keeps every unit on exactly one bill: check, seal the hours, so that nothing of them
 * is told any more, check that the lines are what was told, finalize. May be ended at any point and begun again.
 */
public final class Closing {
    /** As long as Stripe waits for the webhook's answer. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(20);

    private final Turns turns = new Turns(LONGEST_WAIT);
    private final Database database;
    private final InvoiceDesk desk;
    private final GoNoGo goNoGo;
    private final ToldUsage told;
    private final Shortfall shortfall;
    private final Holding holding;
    private final PeriodSeal seal;
    private final String who;

    Closing(
            Database database,
            InvoiceDesk desk,
            GoNoGo goNoGo,
            Shortfall shortfall,
            Expired expired,
            CloseSettings settings,
            String who) {
        this.database = database;
        this.desk = desk;
        this.goNoGo = goNoGo;
        this.told = new ToldUsage(database);
        this.shortfall = shortfall;
        this.seal = new PeriodSeal(database, expired, shortfall, settings);
        this.holding = new Holding(database, desk, settings);
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
                new Expired(meters, settings.close()),
                settings.close(),
                who);
    }

    /** Told about each invoice, and how many there are. */
    @FunctionalInterface
    public interface Progress {
        void at(long done, long all);
    }

    /**
     * Looks at all drafts, and at those that were finalized without us. First what must be held is held, by the tables alone, for Stripe
     * waits an hour and no longer; then the others are looked at one after another. What goes wrong with one keeps no other.
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
        ClosePass pass = new ClosePass(database, holding);
        Map<String, Closed> results = new HashMap<>();
        for (ClosingInvoice invoice : invoices) {
            pass.look(
                            invoice,
                            () -> turns.quick(() -> tryLocked(invoice, () -> holdByTables(invoice.id())))
                                    .orElseGet(() -> busy(invoice)))
                    .ifPresent(held -> results.put(invoice.id(), held));
        }
        for (ClosingInvoice invoice : invoices) {
            if (!results.containsKey(invoice.id())) {
                progress.at(results.size(), invoices.size());
                pass.look(
                                invoice,
                                () -> turns.asking(() -> tryLocked(invoice, () -> Optional.of(look(invoice.id()))))
                                        .orElseGet(() -> busy(invoice)))
                        .ifPresent(result -> results.put(invoice.id(), result));
            }
        }
        return invoices.stream()
                .map(ClosingInvoice::id)
                .flatMap(id -> Optional.ofNullable(results.get(id)).stream())
                .toList();
    }

    /** Whoever works on it finds out what is to be found: what they write stays. */
    private Optional<Closed> tryLocked(ClosingInvoice invoice, InvoiceLock.Work<Optional<Closed>> work)
            throws SQLException {
        return InvoiceLock.tryRun(database, invoice.id(), work).orElseGet(() -> busy(invoice));
    }

    private static Optional<Closed> busy(ClosingInvoice invoice) {
        return Optional.of(Closed.of(Closed.Decision.BUSY, invoice, List.of()));
    }

    /**
     * Looks at one invoice, and lets it go if nothing is missing.
     *
     * @throws UserError when the mirror does not know it, Stripe refuses, or others look at it or at too many others
     */
    public Closed close(String invoiceId) throws SQLException {
        Optional<Closed> held = turns.quick(() -> InvoiceLock.run(database, invoiceId, () -> {
                    desk.refresh(invoiceId);
                    return holdByTables(invoiceId);
                }))
                .orElseThrow(Closing::tooMany);
        return held.isPresent() ? held.get() : ask(invoiceId, () -> look(invoiceId));
    }

    private Closed ask(String invoiceId, InvoiceLock.Work<Closed> work) throws SQLException {
        return turns.asking(() -> InvoiceLock.run(database, invoiceId, work)).orElseThrow(Closing::tooMany);
    }

    private static UserError tooMany() {
        return new UserError("other invoices are being looked at", "look again when that has finished");
    }

    /**
     * Lets an invoice go although something is missing, by a person's decision; its hours are sealed all the same, as far as they can be.
     *
     * @throws UserError when there is no such invoice, or hours of it are about to be told
     */
    public Closed accept(String invoiceId) throws SQLException {
        return ask(invoiceId, () -> acceptLocked(invoiceId));
    }

    private Closed acceptLocked(String invoiceId) throws SQLException {
        desk.refresh(invoiceId);
        ClosingInvoice invoice = read(invoiceId);
        List<Reason> reasons = goNoGo.reasons(invoice);
        List<Reason> open = invoice.customerId().isEmpty() ? List.of() : seal.seal(invoice);
        if (!open.isEmpty()) {
            throw new UserError(
                    "hours of " + invoiceId + " are about to be told: "
                            + open.get(0).text(),
                    "./tallymark sync first");
        }
        CloseTable.record(database, invoice, reasons);
        if (invoice.isDraft()) {
            desk.finalizeInvoice(invoiceId);
            desk.refresh(invoiceId);
            invoice = read(invoiceId);
        }
        if (invoice.customerId().isPresent()) {
            shortfall.settle(invoice, goNoGo.reasons(invoice));
        }
        return markClosed(invoice);
    }

    /** Keeps a draft of which the tables alone say that it cannot go yet; empty: more has to be asked. */
    private Optional<Closed> holdByTables(String invoiceId) throws SQLException {
        ClosingInvoice invoice = read(invoiceId);
        if (!invoice.isDraft() || isClosed(find(invoiceId)) || !billsUsage(invoiceId)) {
            return Optional.empty();
        }
        List<Reason> reasons = goNoGo.plainReasons(invoice);
        if (reasons.isEmpty()) {
            return Optional.empty();
        }
        CloseTable.record(database, invoice, reasons);
        return Optional.of(keep(invoice, reasons));
    }

    private Closed look(String invoiceId) throws SQLException {
        desk.refresh(invoiceId);
        ClosingInvoice invoice = read(invoiceId);
        Optional<CloseTable.Entry> before = find(invoiceId);
        if (isClosed(before)) {
            return Closed.of(Closed.Decision.WAS_CLOSED, invoice, List.of());
        }
        if (!billsUsage(invoiceId)) {
            return Closed.of(Closed.Decision.NOT_OURS, invoice, List.of());
        }
        if (!invoice.isDraft()) {
            return afterwards(invoice);
        }
        List<Reason> reasons = new ArrayList<>(goNoGo.plainReasons(invoice));
        if (reasons.isEmpty()) {
            seal.carryExpired(invoice);
            reasons.addAll(goNoGo.reasons(invoice));
        }
        if (reasons.isEmpty()) {
            reasons.addAll(seal.seal(invoice));
        }
        if (reasons.isEmpty()) {
            desk.refresh(invoiceId);
            invoice = read(invoiceId);
            reasons.addAll(told.differences(invoice));
        }
        CloseTable.record(database, invoice, reasons.isEmpty() ? seal.carried(invoice) : reasons);
        if (!reasons.isEmpty()) {
            return keep(invoice, List.copyOf(reasons));
        }
        boolean ours = before.map(CloseTable.Entry::heldSince).isPresent();
        // Somebody else keeps the draft: it is theirs to let go.
        return invoice.autoAdvance() || ours ? letGo(invoice) : Closed.of(Closed.Decision.READY, invoice, List.of());
    }

    private Optional<CloseTable.Entry> find(String invoiceId) throws SQLException {
        return database.inTransaction(connection -> CloseTable.find(connection, invoiceId));
    }

    private static boolean isClosed(Optional<CloseTable.Entry> entry) {
        return entry.filter(found -> found.state() == CloseTable.State.CLOSED).isPresent();
    }

    private boolean billsUsage(String invoiceId) throws SQLException {
        return database.inTransaction(connection -> InvoiceReader.billsUsage(connection, invoiceId));
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
        return Closed.of(Closed.Decision.CLOSED, invoice, seal.carried(invoice));
    }

    private Closed keep(ClosingInvoice invoice, List<Reason> reasons) throws SQLException {
        Optional<Closed.Decision> decision = holding.keep(invoice, reasons);
        return decision.isPresent() ? Closed.of(decision.get(), invoice, reasons) : afterwards(read(invoice.id()));
    }

    /** An invoice that somebody else finalized, or that we did just before a crash. */
    private Closed afterwards(ClosingInvoice invoice) throws SQLException {
        // Sealed first: what is told from now on would be billed nowhere.
        List<Reason> found = invoice.isVoid() || invoice.customerId().isEmpty() ? List.of() : seal.seal(invoice);
        if (found.isEmpty() && !invoice.isVoid()) {
            found = shortfall.settle(invoice, goNoGo.reasons(invoice));
        }
        CloseTable.record(database, invoice, found.isEmpty() ? seal.carried(invoice) : found);
        if (found.isEmpty()) {
            return markClosed(invoice);
        }
        boolean overdue = holding.alarmIfOverdue(invoice, found);
        return Closed.of(overdue ? Closed.Decision.OVERDUE : Closed.Decision.SHORT, invoice, found);
    }

    private ClosingInvoice read(String invoiceId) throws SQLException {
        return database.inSnapshot(connection -> InvoiceReader.find(connection, invoiceId))
                .orElseThrow(() -> new UserError(
                        "Stripe has no invoice " + invoiceId, "look at the id; ./tallymark close lists what is due"));
    }
}
