package io.tallymark.close;

import io.tallymark.database.Database;
import io.tallymark.database.Sql;
import io.tallymark.usage.UserError;
import java.sql.SQLException;

/** Keeps two processes from closing one invoice at the same time. Ends with its process, whatever ends that. */
final class InvoiceLock {
    private static final String TRY =
            "SELECT pg_try_advisory_xact_lock(hashtext('tallymark.close'), hashtext(?)) AS held";

    private InvoiceLock() {}

    /**
     * Runs the work, unless somebody else works on the invoice.
     *
     * @throws UserError when somebody does
     */
    static <T> T run(Database database, String invoiceId, Work<T> work) throws SQLException {
        return database.inTransaction(connection -> {
            boolean held = Sql.first(connection, row -> row.getBoolean(1), TRY, invoiceId)
                    .orElse(false);
            if (!held) {
                throw new UserError(
                        "another close is looking at " + invoiceId,
                        "look again when it has finished: it needs seconds");
            }
            return work.run();
        });
    }

    @FunctionalInterface
    interface Work<T> {
        T run() throws SQLException;
    }
}
