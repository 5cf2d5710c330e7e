package io.tallymark.billing;

import io.tallymark.database.Database;
import io.tallymark.database.Sql;
import io.tallymark.usage.UserError;
import java.sql.SQLException;

/** Keeps two commands from changing the subscriptions of one customer at the same time. Ends with its process, whatever ends that. */
final class CustomerLock {
    private static final String TRY =
            "SELECT pg_try_advisory_xact_lock(hashtext('tallymark.subscription'), hashtext(?)) AS held";

    private CustomerLock() {}

    /**
     * Runs calls to Stripe; nothing that waits for an hour.
     *
     * @throws UserError when another command has the customer
     */
    static <T> T run(Database database, String customerId, Work<T> work) throws SQLException {
        return database.inTransaction(connection -> {
            boolean held = Sql.first(connection, row -> row.getBoolean(1), TRY, customerId)
                    .orElse(false);
            if (!held) {
                throw new UserError(
                        "another command is changing the subscription of " + customerId, "run this one after it");
            }
            return work.run();
        });
    }

    @FunctionalInterface
    interface Work<T> {
        T run() throws SQLException;
    }
}
