package io.tallymark.close;

import io.tallymark.database.Database;
import io.tallymark.database.Sql;
import io.tallymark.usage.UserError;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/** Keeps two processes from closing one invoice at the same time. Ends with its process, whatever ends that. */
final class InvoiceLock {
    // Waits as long as the session lets anybody wait for a lock.
    private static final String LOCK =
            "SELECT pg_advisory_xact_lock(hashtext('tallymark.close'), hashtext(?)) IS NULL AS held";

    private static final String TRY = "SELECT pg_try_advisory_xact_lock(hashtext('tallymark.close'), hashtext(?))";

    private static final String LOCK_NOT_AVAILABLE = "55P03";

    private InvoiceLock() {}

    /**
     * Runs the work; waits for somebody else who works on the invoice, but not for long.
     *
     * @throws UserError when they do not come to an end
     */
    static <T> T run(Database database, String invoiceId, Work<T> work) throws SQLException {
        return database.inTransaction(connection -> {
            lock(connection, invoiceId);
            return work.run();
        });
    }

    /** Runs the work, unless somebody else works on the invoice; empty then. */
    static <T> Optional<T> tryRun(Database database, String invoiceId, Work<T> work) throws SQLException {
        return database.inTransaction(connection ->
                Sql.first(connection, row -> row.getBoolean(1), TRY, invoiceId).orElse(false)
                        ? Optional.of(work.run())
                        : Optional.empty());
    }

    private static void lock(Connection connection, String invoiceId) throws SQLException {
        try {
            Sql.query(connection, row -> row.getBoolean(1), LOCK, invoiceId);
        } catch (SQLException e) {
            if (LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
                throw new UserError(
                        "another close is looking at " + invoiceId,
                        "look again when it has finished: it needs seconds",
                        e);
            }
            throw e;
        }
    }

    @FunctionalInterface
    interface Work<T> {
        T run() throws SQLException;
    }
}
