package io.tallymark.cli;

import io.tallymark.billing.DatabasePause;
import io.tallymark.billing.Mirror;
import io.tallymark.billing.SubscriptionParts;
import io.tallymark.catalog.Catalog;
import io.tallymark.config.Settings;
import io.tallymark.database.Database;
import io.tallymark.stripe.StripeBilling;
import java.io.PrintWriter;
import java.sql.SQLException;
import java.time.Duration;

/** What the commands about subscriptions work with: the database, Stripe, and the mirror between them. */
record BillingParts(Database database, StripeBilling stripe, Mirror mirror) implements AutoCloseable {
    private static final int CONNECTIONS = 4;
    private static final Duration LONGEST_STATEMENT = Duration.ofSeconds(30);

    /** @throws io.tallymark.usage.UserError when the database is not there or not migrated, or the key cannot work */
    static BillingParts open(Settings settings) throws SQLException {
        CustomersCommand.requireDatabase(settings.database());
        Database database = Database.open(settings.database(), "tallymark-billing", CONNECTIONS, LONGEST_STATEMENT);
        StripeBilling stripe = StripeBilling.open(settings.stripe());
        return new BillingParts(
                database, stripe, Mirror.of(database, stripe, settings.ingest().meters()));
    }

    /** For a command that changes a subscription, and may have to wait for an hour's end. */
    SubscriptionParts toChange(ReportingParts reporting, Catalog catalog, Duration patience, PrintWriter err) {
        ProgressLine progress = new ProgressLine(
                err, "subscription", "waiting another", "seconds for the end of the hour", Duration.ofMinutes(1));
        return new SubscriptionParts(
                database,
                stripe,
                mirror,
                catalog,
                reporting.gate(this, patience),
                new DatabasePause(database, time -> progress.at(time.toSeconds())),
                line -> err.println("subscription: " + line));
    }

    @Override
    public void close() {
        stripe.close();
        database.close();
    }
}
