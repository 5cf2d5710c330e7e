package io.tallymark.reconcile;

import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.util.Optional;

/** Tells a database that is away for a while, or a transaction that lost a race, from a mistake. Only the latter may fail the job. */
final class DatabaseOutage {
    private static final int CLASS_CHARS = 2;
    private static final String READ_ONLY = "25006";
    private static final String LOCK_NOT_AVAILABLE = "55P03";

    private DatabaseOutage() {}

    /** Whether the same statement may well succeed later: by class of SQLSTATE, or by type when the driver has no state. */
    static boolean passes(SQLException failure) {
        return Optional.ofNullable(failure.getSQLState())
                .map(DatabaseOutage::passes)
                .orElseGet(
                        () -> failure instanceof SQLTransientException || failure instanceof SQLRecoverableException);
    }

    private static boolean passes(String state) {
        return switch (state.substring(0, Math.min(CLASS_CHARS, state.length()))) {
            // connection; rolled back (deadlock); out of resources; operator intervention; system error
            case "08", "40", "53", "57", "58" -> true;
            default -> state.equals(READ_ONLY) || state.equals(LOCK_NOT_AVAILABLE);
        };
    }
}
