package io.tallymark.report;

import io.tallymark.database.Database;
import io.tallymark.database.Outage;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * One tick of the reporter: registers the meters (once), puts newly due hours into their lanes, wakes those that waited, and claims as
 * many as rate and concurrency allow. A database that is away costs ticks, nothing else.
 */
final class DueHourClaimer {
    private static final long REGISTER_INTERVAL_NANOS = Duration.ofSeconds(2).toNanos();
    /** Hours. */
    private static final int LARGE_PAST = 10_000;

    private static final long WAKE_INTERVAL_NANOS = Duration.ofSeconds(10).toNanos();

    private final Database database;
    private final MeterRegistry registry;
    private final ReportClaims claims;
    private final CustomerMapping customerMapping;
    private final int concurrency;
    private final int callsPerSecond;
    private final CallBudget budget;
    private final LongSupplier nanoClock;
    private final StepListener steps;
    private final Outage outage = new Outage("Reporting", "claiming due hours");
    private Stage stage = Stage.NEW;
    private Optional<MeterRegistry.Seeding> seeding = Optional.empty();
    private long triedNanos;
    private long wokenNanos;

    /**
     * @param callsPerSecond most calls begun in a second
     * @param nanoClock monotonic, such as {@link System#nanoTime}
     * @param steps told of the steps of a claim
     */
    DueHourClaimer(
            Database database,
            ReportSettings settings,
            int callsPerSecond,
            LongSupplier nanoClock,
            StepListener steps) {
        this.database = database;
        this.registry = new MeterRegistry(settings.meters());
        this.claims = new ReportClaims(
                new ReportPolicy(settings.meters(), settings.customerMapping()), settings.lease(), steps);
        this.customerMapping = settings.customerMapping();
        this.concurrency = settings.concurrency();
        this.callsPerSecond = callsPerSecond;
        this.budget = new CallBudget(settings.tick(), nanoClock);
        this.nanoClock = nanoClock;
        this.steps = steps;
    }

    /**
     * @return reports to send now; empty while the database is away
     * @throws SQLException when waiting would not mend it
     */
    List<ClaimedReport> tick() throws SQLException {
        try {
            if (!isPrepared()) {
                return List.of();
            }
            wakeNowAndThen();
            database.inTransaction(DueTable::queueNew);
            steps.reached(ReportStep.QUEUED);
            List<ClaimedReport> claimed = claim();
            outage.succeeded();
            return claimed;
        } catch (SQLException e) {
            outage.failed(e);
            return List.of();
        }
    }

    private List<ClaimedReport> claim() throws SQLException {
        ReportClaims.Claim claim = database.inTransaction(this::claim);
        steps.reached(ReportStep.CLAIMED);
        budget.spend(claim.reports().size(), claim.moreWaiting());
        return claim.reports();
    }

    /** A reporter that Stripe made pause or slow down, or that asks with one call whether Stripe is back, has nothing to catch up. */
    private ReportClaims.Claim claim(Connection connection) throws SQLException {
        PaceTable.Reading reading = PaceTable.read(connection);
        Pace pace = reading.pace();
        if (pace.isPaused(reading.now())) {
            return ReportClaims.Claim.NONE;
        }
        double rate = pace.rate(reading.now());
        int mostCalls = budget.available(rate);
        ReportClaims.Claim claim = mostCalls == 0
                ? ReportClaims.Claim.NOT_LOOKED
                : claims.claim(connection, mostCalls, pace.isProbing() ? 1 : concurrency);
        boolean freely = rate >= pace.ceiling() && !pace.isProbing();
        return new ReportClaims.Claim(claim.reports(), claim.moreWaiting() && freely);
    }

    private boolean isPrepared() throws SQLException {
        if (stage == Stage.NEW || stage == Stage.REFUSED) {
            register();
        }
        if (stage == Stage.REGISTERED) {
            seed();
        }
        return stage == Stage.SEEDED;
    }

    /** A failed attempt is repeated after a while, since its locks hold up the writers of the table. */
    private void register() throws SQLException {
        long now = nanoClock.getAsLong();
        if (stage == Stage.REFUSED && now - triedNanos < REGISTER_INTERVAL_NANOS) {
            return;
        }
        stage = Stage.REFUSED;
        triedNanos = now;
        database.inTransaction(connection -> {
            registry.register(connection);
            PaceTable.setCeiling(connection, callsPerSecond);
            return LaneTable.releaseUnsent(connection);
        });
        stage = Stage.REGISTERED;
    }

    /** Of a large past a tick takes a day, so that checkpoints pass in between. */
    private void seed() throws SQLException {
        do {
            Optional<MeterRegistry.Seeding> before = seeding;
            seeding = database.inLongTransaction(connection -> registry.seedNext(connection, before));
        } while (seeding.filter(past -> past.hours() < LARGE_PAST).isPresent());
        if (seeding.isEmpty()) {
            stage = Stage.SEEDED;
            wokenNanos = nanoClock.getAsLong() - WAKE_INTERVAL_NANOS;
        }
    }

    private void wakeNowAndThen() throws SQLException {
        if (nanoClock.getAsLong() - wokenNanos < WAKE_INTERVAL_NANOS) {
            return;
        }
        int woken = database.inLongTransaction(connection -> DueTable.wakeMapped(connection, customerMapping));
        if (woken < DueTable.WAKE_BATCH) {
            wokenNanos = nanoClock.getAsLong();
        }
    }

    /** How far the meters are taken in. */
    private enum Stage {
        NEW,
        REFUSED,
        REGISTERED,
        SEEDED
    }
}
