package io.tallymark.close;

import io.tallymark.billing.UsageGate;
import io.tallymark.database.Database;
import io.tallymark.database.Sql;
import io.tallymark.reconcile.Reconciliation;
import io.tallymark.reconcile.Scope;
import io.tallymark.report.DirectReporter;
import io.tallymark.report.EndedStretch;
import io.tallymark.report.Seal;
import io.tallymark.report.Seals;
import io.tallymark.usage.PrintableText;
import io.tallymark.usage.UserError;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Settles and seals usage for a change of its price: reports what is due, whether a reporting job runs or not, and waits for the rest. */
public final class SettledUsage implements UsageGate {
    private static final String WATERMARK_REACHED =
            "SELECT coalesce(max(watermark), '-infinity') >= ? FROM metering_progress WHERE topic = ?";

    private static final String OPEN_ROW = """
            SELECT min(period_start) FROM usage_hourly
            WHERE customer_id = ? AND metric = ANY (?) AND NOT closed AND period_start < ?
            """;

    // Older ones are of billed periods; what Stripe does not show of them is reconciliation's.
    private static final String UNCONFIRMED = """
            SELECT min(period_start) AS oldest FROM stripe_report
            WHERE customer_id = ? AND metric = ANY (?) AND state = 'accepted' AND period_start < ?
                AND period_start > ?::timestamptz - interval '35 days'
            """;

    private static final Logger LOG = LoggerFactory.getLogger(SettledUsage.class);

    private final Database database;
    private final DirectReporter reporter;
    private final Reconciliation reconciliation;
    private final String topic;
    private final Supplier<Patience> patience;

    /**
     * @param topic whose watermark closes hours
     * @param patience a new one for each wait
     */
    public SettledUsage(
            Database database,
            DirectReporter reporter,
            Reconciliation reconciliation,
            String topic,
            Supplier<Patience> patience) {
        this.database = database;
        this.reporter = reporter;
        this.reconciliation = reconciliation;
        this.topic = topic;
        this.patience = patience;
    }

    @Override
    public void settle(String customerId, Set<String> metrics, Instant before) throws SQLException {
        await(customerId, () -> missing(customerId, metrics, before));
    }

    @Override
    public void suspend(String customerId, Set<String> metrics, Instant at, Instant carryTo, String cause)
            throws SQLException {
        seal(customerId, metrics, at, new Seal(at, Seal.Late.HOLD, carryTo, cause));
    }

    @Override
    public void seal(String customerId, Set<String> metrics, Instant at, Optional<Instant> carryTo, String cause)
            throws SQLException {
        Seal seal = carryTo.map(hour -> new Seal(at, Seal.Late.CARRY, hour, cause))
                .orElseGet(() -> new Seal(at, Seal.Late.DROP, null, cause));
        seal(customerId, metrics, at, seal);
    }

    @Override
    public void sealHour(
            String customerId, Set<String> metrics, Instant hour, Instant at, Instant carryTo, String cause)
            throws SQLException {
        Seal seal = new Seal(hour, at, Seal.Late.CARRY, carryTo, cause);
        // Nothing of it is told: it runs.
        await(customerId, () -> seal(customerId, metrics, seal));
    }

    @Override
    public void carryBelowZero(
            String customerId, String metric, Instant from, Instant at, Instant carryTo, String cause)
            throws SQLException {
        database.inTransaction(connection ->
                        new EndedStretch(customerId, metric, from, at).carryBelowZero(connection, carryTo, cause))
                .ifPresent(carried -> LOG.info(
                        "{} {} of {} before {} is carried to {}: {}",
                        carried.toPlainString(),
                        metric,
                        PrintableText.of(customerId),
                        at,
                        carryTo,
                        cause));
    }

    private void seal(String customerId, Set<String> metrics, Instant at, Seal seal) throws SQLException {
        await(customerId, () -> {
            Optional<String> open = seal(customerId, metrics, seal);
            return open.isPresent() ? open : unconfirmed(customerId, metrics, at);
        });
    }

    /** What is missing at a look; empty: nothing. */
    @FunctionalInterface
    private interface Look {
        Optional<String> missing() throws SQLException;
    }

    private void await(String customerId, Look look) throws SQLException {
        Patience waiting = patience.get();
        Optional<String> missing = look.missing();
        while (missing.isPresent()) {
            reporter.round();
            missing = look.missing();
            if (missing.isPresent() && !waiting.waitForNext()) {
                throw new UserError(
                        "the usage of " + customerId + " is not settled: " + missing.get(),
                        "look at ./tallymark status, then run the same command again: it leads on from here");
            }
        }
    }

    private Optional<String> missing(String customerId, Set<String> metrics, Instant before) throws SQLException {
        Optional<String> open = database.inSnapshot(connection -> {
            boolean reached = Sql.first(connection, row -> row.getBoolean(1), WATERMARK_REACHED, before, topic)
                    .orElse(false);
            if (!reached) {
                return Optional.of("metering has not come to " + before + " yet");
            }
            Optional<Instant> row = Sql.query(
                            connection,
                            hour -> Optional.ofNullable(Sql.instantOrNull(hour, "min")),
                            OPEN_ROW,
                            customerId,
                            metrics.toArray(String[]::new),
                            before)
                    .get(0);
            if (row.isPresent()) {
                return Optional.of("hour " + row.get() + " has an early result only");
            }
            for (String metric : new TreeSet<>(metrics)) {
                List<Seals.OpenHour> hours = Seals.openHours(connection, customerId, metric, before);
                if (!hours.isEmpty()) {
                    return Optional.of(metric + " of " + hours.get(0).hour() + ": "
                            + hours.get(0).reason());
                }
            }
            return Optional.empty();
        });
        return open.isPresent() ? open : unconfirmed(customerId, metrics, before);
    }

    private Optional<String> seal(String customerId, Set<String> metrics, Seal seal) throws SQLException {
        return database.inTransaction(connection -> {
            Optional<String> first = Optional.empty();
            for (String metric : new TreeSet<>(metrics)) {
                List<Seals.OpenHour> open = Seals.seal(connection, customerId, metric, seal);
                if (!open.isEmpty() && first.isEmpty()) {
                    first = Optional.of(metric + " of " + open.get(0).hour() + ": "
                            + open.get(0).reason());
                }
            }
            return first;
        });
    }

    /** Asks Stripe, if there is something to ask. */
    private Optional<String> unconfirmed(String customerId, Set<String> metrics, Instant before) throws SQLException {
        Optional<Instant> oldest = oldestUnconfirmed(customerId, metrics, before);
        if (oldest.isEmpty()) {
            return Optional.empty();
        }
        for (String metric : new TreeSet<>(metrics)) {
            Scope scope = new Scope(oldest.get(), before, customerId, metric);
            reconciliation.run(scope, Reconciliation.Repairs.NONE, 1, (done, all) -> {});
        }
        return oldestUnconfirmed(customerId, metrics, before)
                .map(hour -> "Stripe's summaries do not show yet what it accepted of " + hour);
    }

    private Optional<Instant> oldestUnconfirmed(String customerId, Set<String> metrics, Instant before)
            throws SQLException {
        return database.inSnapshot(connection -> Sql.query(
                        connection,
                        row -> Optional.ofNullable(Sql.instantOrNull(row, "oldest")),
                        UNCONFIRMED,
                        customerId,
                        metrics.toArray(String[]::new),
                        before,
                        before)
                .get(0));
    }
}
