package io.tallymark.close;

import io.tallymark.database.Database;
import io.tallymark.database.Sql;
import io.tallymark.reconcile.Reconciled;
import io.tallymark.reconcile.Reconciliation;
import io.tallymark.reconcile.Scope;
import io.tallymark.report.DirectReporter;
import io.tallymark.report.Waiting;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Tells Stripe everything that is due, and waits until its summaries show it. With a reporting job or without one. */
public final class Sync {
    /** What waits for a person may be many windows, and is not to hide the others. */
    private static final int MOST_LISTED = 10_000;

    private final Database database;
    private final DirectReporter reporter;
    private final Reconciliation reconciliation;

    public Sync(Database database, DirectReporter reporter, Reconciliation reconciliation) {
        this.database = database;
        this.reporter = reporter;
        this.reconciliation = reconciliation;
    }

    /** Told how it goes, look by look. */
    @FunctionalInterface
    public interface Progress {
        /** Hours told and left, while it tells. */
        void at(long told, long left);

        /** What waits for a person, each once and as soon as it is known. */
        default void waiting(List<Waiting> found) {}

        /** Windows that Stripe's summaries do not show yet, while it waits for them. */
        default void behind(long windows) {}
    }

    /**
     * Reports what is due now, and not what becomes due meanwhile. Waits for what time may mend: not for what waits for a person.
     *
     * @param customerId only this customer's; empty: all
     * @throws io.tallymark.usage.UserError when Stripe does not answer
     */
    public Synced run(Optional<String> customerId, Patience patience, Progress progress) throws SQLException {
        Instant since = database.inTransaction(Sql::now);
        Named named = new Named(progress);
        // What a person has decided since is not waited for by one any more.
        reporter.wake();
        long told = 0;
        long left;
        do {
            told += reporter.round();
            left = reporter.due(customerId, since);
            named.name(reporter.waiting(customerId));
            progress.at(told, left);
        } while (left > 0 && patience.waitForNext());
        Reconciled reconciled = reconcile(customerId);
        while (reconciled.pending() > 0 && patience.waitForNext()) {
            progress.behind(reconciled.pending());
            told += reporter.round();
            reconciled = reconcile(customerId);
        }
        List<Waiting> waiting = reporter.waiting(customerId);
        named.name(waiting);
        return new Synced(told, left, waiting, reconciled);
    }

    private Reconciled reconcile(Optional<String> customerId) throws SQLException {
        Scope scope = new Scope(null, null, customerId.orElse(null), null);
        return reconciliation.run(scope, Reconciliation.Repairs.NONE, MOST_LISTED, (done, all) -> {});
    }

    /** Tells of each reason of a customer and metric once, however many hours join it. */
    private record Named(Progress progress, Set<List<String>> known) {
        Named(Progress progress) {
            this(progress, new HashSet<>());
        }

        void name(List<Waiting> waiting) {
            List<Waiting> fresh = waiting.stream()
                    .filter(row -> known.add(List.of(row.customerId(), row.metric(), row.reason())))
                    .toList();
            if (!fresh.isEmpty()) {
                progress.waiting(fresh);
            }
        }
    }
}
