package io.tallymark.close;

import io.tallymark.config.CloseSettings;
import io.tallymark.database.Database;
import io.tallymark.report.Seal;
import io.tallymark.report.Seals;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Seals the hours that an invoice bills: nothing of them is told any more, what comes later is carried. */
final class PeriodSeal {
    private final Database database;
    private final Expired expired;
    private final Shortfall shortfall;
    private final CloseSettings settings;

    PeriodSeal(Database database, Expired expired, Shortfall shortfall, CloseSettings settings) {
        this.database = database;
        this.expired = expired;
        this.shortfall = shortfall;
        this.settings = settings;
    }

    /** What Stripe takes no longer goes to the next period. */
    void carryExpired(ClosingInvoice invoice) throws SQLException {
        database.inTransaction(connection -> {
            expired.carry(connection, invoice);
            return true;
        });
    }

    /** What was carried from the invoice's period, to be shown. */
    List<Reason> carried(ClosingInvoice invoice) throws SQLException {
        return database.inSnapshot(connection -> expired.carried(connection, invoice));
    }

    /**
     * Seals them, or none.
     *
     * @return hours that are about to be told; empty: all are sealed
     */
    List<Reason> seal(ClosingInvoice invoice) throws SQLException {
        String customer = invoice.customerId().orElseThrow();
        return database.inTransaction(connection -> {
            List<Reason> open = new ArrayList<>();
            for (String metric : invoice.metrics().stream().sorted().toList()) {
                for (Seals.OpenHour hour : Seals.seal(connection, customer, metric, sealOf(invoice))) {
                    open.add(new Reason(Reason.Kind.UNREPORTED, metric, hour.hour() + ": " + hour.reason()));
                }
            }
            if (open.isEmpty()) {
                expired.carry(connection, invoice);
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
}
