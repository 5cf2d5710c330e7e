package io.tallymark.reconcile;

import io.tallymark.database.Database;
import io.tallymark.usage.DatabaseAccess;
import java.time.Duration;

/** The one connection of a reconciliation. */
final class ReconcilePool {
    private static final String NAME = "tallymark-reconcile";
    /** A whole account is compared in one statement. */
    private static final Duration STATEMENT_TIMEOUT = Duration.ofSeconds(55);

    private ReconcilePool() {}

    static Database open(DatabaseAccess access) {
        return Database.open(access, NAME, 1, STATEMENT_TIMEOUT);
    }
}
