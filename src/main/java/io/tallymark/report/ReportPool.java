package io.tallymark.report;

import io.tallymark.database.Database;
import io.tallymark.usage.DatabaseAccess;
import java.time.Duration;

/** The reporter's connections. */
final class ReportPool {
    private static final String NAME = "tallymark-report";
    private static final Duration STATEMENT_TIMEOUT = Duration.ofSeconds(30);

    private ReportPool() {}

    static Database open(DatabaseAccess access, int connections) {
        return Database.open(access, NAME, connections, STATEMENT_TIMEOUT);
    }
}
