package io.tallymark.report;

import io.tallymark.database.Database;
import io.tallymark.database.Sql;
import io.tallymark.usage.ReportSender;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;

/**
 * Reporting without Flink, for a command: claims, calls and records round by round, by the same rules as the job. Both may run at once:
 * leases keep their calls apart.
 */
public final class DirectReporter implements AutoCloseable {
    private static final int CONNECTIONS = 3;
    private static final int MOST_CALLS = 32;

    private static final String DUE = """
            SELECT count(DISTINCT (metric, customer_id, period_start)) FROM report_due
            WHERE waiting_for IS NULL AND due_since <= ?
                AND (?::text IS NULL OR customer_id = ?) AND period_start <= report_now()
            """;

    private final Database database;
    private final ReportSender sender;
    private final DueHourClaimer claimer;
    private final ReportAttempt attempt;
    private final OutcomeRecorder recorder;
    private final CustomerMapping mapping;
    private final RandomGenerator random = RandomGenerator.getDefault();
    private final ExecutorService threads;

    private DirectReporter(ReportSettings settings, ReportSender.Factory senders) {
        database = ReportPool.open(settings.database(), CONNECTIONS);
        sender = senders.open();
        claimer = new DueHourClaimer(
                database, settings, settings.callsPerSecond(senders.live()), System::nanoTime, StepListener.NONE);
        attempt = new ReportAttempt(
                database,
                sender,
                settings.callLease(),
                settings.longestAnnouncement(),
                System::nanoTime,
                StepListener.NONE);
        mapping = settings.customerMapping();
        recorder = new OutcomeRecorder(new RetryBackoff(random), StepListener.NONE);
        threads = Executors.newFixedThreadPool(Math.min(MOST_CALLS, settings.concurrency()));
    }

    /**
     * Opens a reporter; no call is made.
     *
     * @throws io.tallymark.usage.UserError when the API key cannot be resolved or cannot work
     */
    public static DirectReporter open(ReportSettings settings, ReportSender.Factory senders) {
        return new DirectReporter(settings, senders);
    }

    /**
     * Tells what may be told now.
     *
     * @return calls made
     * @throws SQLException when waiting would not mend it
     */
    public int round() throws SQLException {
        List<Future<Optional<ReportOutcome>>> calls = new ArrayList<>();
        for (ClaimedReport claim : claimer.tick()) {
            calls.add(threads.submit(() -> attempt.run(claim)));
        }
        List<ReportOutcome> outcomes = new ArrayList<>();
        for (Future<Optional<ReportOutcome>> call : calls) {
            outcome(call).ifPresent(outcomes::add);
        }
        if (!outcomes.isEmpty()) {
            database.inTransaction(connection -> {
                recorder.record(connection, outcomes);
                PaceTable.adapt(
                        connection,
                        outcomes.stream().map(ReportOutcome::delivery).toList(),
                        random);
                return true;
            });
        }
        return outcomes.size();
    }

    /**
     * Hours that were due at an instant, have begun, wait for nothing, and are not told yet.
     *
     * @param customerId only of this customer; empty: of all
     */
    public long due(Optional<String> customerId, Instant dueSince) throws SQLException {
        return database.inTransaction(connection -> Sql.first(
                        connection,
                        row -> row.getLong(1),
                        DUE,
                        dueSince,
                        customerId.orElse(null),
                        customerId.orElse(null))
                .orElseThrow());
    }

    /** Lets go on what waited and need not any more, without the pause that rounds make between two looks for it. */
    public void wake() throws SQLException {
        int woken;
        do {
            woken = database.inLongTransaction(connection -> DueTable.wakeMapped(connection, mapping));
        } while (woken >= DueTable.WAKE_BATCH);
    }

    /**
     * Hours that are due, and wait for a person.
     *
     * @param customerId only of this customer; empty: of all
     */
    public List<Waiting> waiting(Optional<String> customerId) throws SQLException {
        return database.inSnapshot(connection -> Waiting.read(connection, customerId));
    }

    @Override
    public void close() {
        threads.shutdownNow();
        sender.close();
        database.close();
    }

    private static Optional<ReportOutcome> outcome(Future<Optional<ReportOutcome>> call) throws SQLException {
        try {
            return call.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof SQLException failure) {
                throw failure;
            }
            throw new IllegalStateException("a call to Stripe failed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted during a call to Stripe; it is repeated later", e);
        }
    }
}
