package io.tallymark.reconcile;

import io.tallymark.database.Database;
import io.tallymark.database.Sql;
import io.tallymark.usage.HeldUsage;
import io.tallymark.usage.ReportSender;
import io.tallymark.usage.UserError;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One reconciliation of a stretch of time: compares lane by lane, confirms what agrees, records what differs and, when told to, repairs it.
 * May be ended at any point and begun again.
 */
public final class Reconciliation implements AutoCloseable {
    /** Stripe takes nothing older, so nothing older can be mended by telling it. */
    private static final Duration DEFAULT_REACH = Duration.ofDays(35);
    /** One bad reply says little. */
    private static final int ATTEMPTS = 2;
    /** Lanes in a row that found Stripe away, each for as long as calls may take. */
    private static final int MOST_UNREACHABLE = 3;

    private static final String LANES = """
            SELECT metric, customer_id FROM (
                SELECT metric, customer_id FROM usage_hourly JOIN reported_meter USING (metric)
                WHERE closed AND period_start >= ? AND period_start < ?
                UNION
                SELECT metric, customer_id FROM stripe_report WHERE period_start >= ? AND period_start < ?) AS lane
            WHERE (?::text IS NULL OR metric = ?) AND (?::text IS NULL OR customer_id = ?)
            ORDER BY metric, customer_id
            """;

    private final Database database;
    private final LaneCheck check;

    private Reconciliation(Database database, LaneCheck check) {
        this.database = database;
        this.check = check;
    }

    /** @param sender stays the caller's to close */
    public static Reconciliation open(ReconcileSettings settings, ReportSender sender) {
        Database database = ReconcilePool.open(settings.database());
        return new Reconciliation(database, new LaneCheck(database, sender, settings.summaryLag()));
    }

    /** Told now and then how many customers and meters are done. */
    @FunctionalInterface
    public interface Progress {
        void at(long done, long all);
    }

    /** Whether differences are repaired, and those too that somebody else made where Stripe adds up. */
    public record Repairs(boolean wanted, boolean evenForeign) {
        public static final Repairs NONE = new Repairs(false, false);
    }

    /**
     * Reconciles.
     *
     * @throws SQLException as the driver reports it
     * @throws UserError when Stripe does not answer
     */
    public Reconciled run(Scope scope, Repairs repairs, int mostListed, Progress progress) throws SQLException {
        Instant now = database.inTransaction(Sql::now);
        Instant from = scope.start().orElse(now.minus(DEFAULT_REACH).truncatedTo(ChronoUnit.HOURS));
        Instant to = scope.end().orElse(now);
        Tally tally = new Tally(mostListed);
        tally.ledger(database.inSnapshot(
                connection -> LedgerCheck.differences(connection, scope.metric(), scope.customerId())));
        List<Lane> lanes = database.inTransaction(connection -> lanes(connection, scope, from, to));
        Repair repair = new Repair(database, repairs.evenForeign());
        int unreachable = 0;
        for (int done = 0; done < lanes.size(); done++) {
            progress.at(done, lanes.size());
            LaneCheck.Result result = check(lanes.get(done), from, to, tally);
            unreachable = unreachable(result).isPresent() ? unreachable + 1 : 0;
            if (unreachable == Math.min(MOST_UNREACHABLE, lanes.size())) {
                throw stripeIsAway(unreachable(result).orElse(""));
            }
            for (Verdict verdict : result.verdicts()) {
                take(tally, verdict, repairs.wanted() ? Optional.of(repair) : Optional.empty());
            }
        }
        Map<String, BigDecimal> accounts =
                database.inSnapshot(connection -> LedgerCheck.accounts(connection, scope.metric(), scope.customerId()));
        return tally.result(from, to, accounts);
    }

    /**
     * Decides the fate of an ambiguous report.
     *
     * @param accepted whether Stripe has it
     * @throws UserError when there is nothing to decide
     */
    public void resolve(String identifier, boolean accepted) throws SQLException {
        database.inTransaction(connection -> {
            HandResolution.resolve(connection, identifier, accepted);
            return true;
        });
    }

    @Override
    public void close() {
        database.close();
    }

    private LaneCheck.Result check(Lane lane, Instant from, Instant to, Tally tally) throws SQLException {
        LaneCheck.Result result = check.check(lane, from, to);
        for (int attempt = 1; attempt < ATTEMPTS && unreachable(result).isPresent(); attempt++) {
            tally.confirmed(result.confirmed());
            result = check.check(lane, from, to);
        }
        tally.confirmed(result.confirmed());
        return result;
    }

    private static void take(Tally tally, Verdict verdict, Optional<Repair> repair) throws SQLException {
        if (repair.isPresent() && verdict.kind() != Kind.OK) {
            tally.repair(verdict.finding(), repair.get().repair(verdict));
        } else {
            tally.window(verdict.finding());
        }
    }

    private static Optional<String> unreachable(LaneCheck.Result result) {
        return result.verdicts().stream()
                .filter(verdict ->
                        verdict.kind() == Kind.UNREADABLE && verdict.held().status() == HeldUsage.Status.UNREACHABLE)
                .map(Verdict::detail)
                .findFirst();
    }

    private static UserError stripeIsAway(String detail) {
        return new UserError(
                "stripe: no usable answer: " + detail,
                "try again later; what was compared until now is confirmed or recorded");
    }

    private static List<Lane> lanes(Connection connection, Scope scope, Instant from, Instant to) throws SQLException {
        return Sql.query(
                connection,
                row -> new Lane(row.getString("metric"), row.getString("customer_id")),
                LANES,
                from,
                to,
                from,
                to,
                scope.metric(),
                scope.metric(),
                scope.customerId(),
                scope.customerId());
    }
}
