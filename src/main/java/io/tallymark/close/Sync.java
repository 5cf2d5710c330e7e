package io.tallymark.close;

import io.tallymark.database.Database;
import io.tallymark.database.Sql;
import io.tallymark.reconcile.Kind;
import io.tallymark.reconcile.Reconciled;
import io.tallymark.reconcile.Reconciliation;
import io.tallymark.reconcile.Scope;
import io.tallymark.report.DirectReporter;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Tells Stripe everything that is due, and waits until its summaries show it. With a reporting job or without one. */
public final class Sync {
    private static final int MOST_LISTED = 20;

    private static final String WAITING = """
            SELECT waiting_for, count(DISTINCT (metric, customer_id, period_start)) AS hours FROM report_due
            WHERE waiting_for IS NOT NULL AND period_start <= report_now() AND (?::text IS NULL OR customer_id = ?) GROUP BY waiting_for
            """;

    private final Database database;
    private final DirectReporter reporter;
    private final Reconciliation reconciliation;

    public Sync(Database database, DirectReporter reporter, Reconciliation reconciliation) {
        this.database = database;
        this.reporter = reporter;
        this.reconciliation = reconciliation;
    }

    /** Told how many hours are left. */
    @FunctionalInterface
    public interface Progress {
        void at(long told, long left);
    }

    /**
     * Reports what is due now, and not what becomes due meanwhile.
     *
     * @param customerId only this customer's; empty: all
     * @throws io.tallymark.usage.UserError when Stripe does not answer
     */
    public Synced run(Optional<String> customerId, Patience patience, Progress progress) throws SQLException {
        Instant since = database.inTransaction(Sql::now);
        long told = 0;
        long left;
        do {
            told += reporter.round();
            left = reporter.due(customerId, since);
            progress.at(told, left);
        } while (left > 0 && patience.waitForNext());
        Reconciled reconciled = reconcile(customerId);
        while (isBehind(reconciled) && patience.waitForNext()) {
            told += reporter.round();
            reconciled = reconcile(customerId);
        }
        return new Synced(told, left, waiting(customerId), reconciled);
    }

    /** Whether time alone may mend it. */
    private static boolean isBehind(Reconciled reconciled) {
        return reconciled.kinds().containsKey(Kind.LAG) || reconciled.kinds().containsKey(Kind.UNREPORTED);
    }

    private Reconciled reconcile(Optional<String> customerId) throws SQLException {
        Scope scope = new Scope(null, null, customerId.orElse(null), null);
        return reconciliation.run(scope, Reconciliation.Repairs.NONE, MOST_LISTED, (done, all) -> {});
    }

    private Map<String, Long> waiting(Optional<String> customerId) throws SQLException {
        Map<String, Long> waiting = new TreeMap<>();
        database.inSnapshot(connection -> Sql.query(
                connection,
                row -> waiting.put(row.getString("waiting_for"), row.getLong("hours")),
                WAITING,
                customerId.orElse(null),
                customerId.orElse(null)));
        return waiting;
    }
}
