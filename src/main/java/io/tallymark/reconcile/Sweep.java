package io.tallymark.reconcile;

import io.tallymark.database.Database;
import io.tallymark.database.Outage;
import io.tallymark.database.Sql;
import io.tallymark.usage.HeldUsage;
import io.tallymark.usage.MeterErrors;
import io.tallymark.usage.ReportSender;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * The sweep: each tick looks at one stretch of hours with accepted reports, confirms what Stripe's summaries show and records what they do
 * not. It never repairs. A Stripe or a database that is away costs ticks, nothing else. Single-threaded.
 */
final class Sweep {
    /** Longer than all calls of one look together may take. */
    static final Duration LEASE = Duration.ofMinutes(5);

    private static final Duration ENROL_INTERVAL = Duration.ofSeconds(10);
    private static final Duration ERRORS_INTERVAL = Duration.ofSeconds(60);
    private static final Duration DATABASE_PAUSE = Duration.ofSeconds(5);
    private static final Duration FIRST_DELAY = Duration.ofMinutes(5);
    private static final Duration LONGEST_DELAY = Duration.ofHours(6);
    private static final int MOST_DOUBLINGS = 7;
    /** A transaction may commit after one that began later; none lasts as long. */
    private static final Duration ENROL_OVERLAP = Duration.ofMinutes(10);
    /** Looks that begin with the oldest report again, should one have slipped through the overlap. */
    private static final int LOOKS_TO_A_FULL_ONE = 60;

    private final Database database;
    private final LaneCheck check;
    private final ErrorEvents errors;
    private final Duration checkAfter;
    private final SweepPace pace;
    private final Every enrolments;
    private final Every errorReadings;
    private final Outage outage = new Outage("Reconciliation", "sweeping");
    private Instant enrolledUpTo = Instant.EPOCH;
    private int enrolLooks;

    Sweep(
            Database database,
            ReportSender sender,
            MeterErrors errors,
            ReconcileSettings settings,
            LongSupplier nanoClock) {
        this.database = database;
        this.check = new LaneCheck(database, sender, settings.summaryLag());
        this.errors = new ErrorEvents(database, errors);
        this.checkAfter = settings.checkAfter();
        this.pace = new SweepPace(nanoClock);
        this.enrolments = new Every(ENROL_INTERVAL, nanoClock);
        this.errorReadings = new Every(ERRORS_INTERVAL, nanoClock);
    }

    /**
     * What a tick did.
     *
     * @param windows compared
     * @param confirmed reports that are confirmed now
     * @param differences windows in which Stripe differs
     */
    record Looked(int windows, int confirmed, int differences) {
        static final Looked NOTHING = new Looked(0, 0, 0);
    }

    /**
     * @throws SQLException when waiting would not mend it
     */
    Looked tick() throws SQLException {
        if (!pace.mayAsk()) {
            return Looked.NOTHING;
        }
        try {
            Looked looked = look();
            outage.succeeded();
            return looked;
        } catch (SQLException e) {
            outage.failed(e);
            pace.pause(DATABASE_PAUSE);
            return Looked.NOTHING;
        }
    }

    private Looked look() throws SQLException {
        if (enrolments.isTime()) {
            enrol();
        }
        if (errorReadings.isTime()) {
            errors.takeIn();
        }
        Optional<CheckTable.Picked> picked = database.inTransaction(connection -> CheckTable.pick(connection, LEASE));
        return picked.isPresent() ? look(picked.get()) : Looked.NOTHING;
    }

    private Looked look(CheckTable.Picked picked) throws SQLException {
        LaneCheck.Result result = check.check(picked.lane(), picked.start(), picked.end());
        boolean answered = result.verdicts().stream()
                .noneMatch(verdict ->
                        verdict.kind() == Kind.UNREADABLE && verdict.held().status() == HeldUsage.Status.UNREACHABLE);
        pace.asked(result.calls(), answered, result.pressure());
        Duration delay = answered ? delay(picked.checks()) : FIRST_DELAY;
        database.inTransaction(connection -> {
            CheckTable.finish(connection, picked, delay);
            return true;
        });
        int differences = (int) result.verdicts().stream()
                .filter(verdict -> verdict.kind().isDifference())
                .count();
        return new Looked(result.verdicts().size(), result.confirmed(), differences);
    }

    private void enrol() throws SQLException {
        Instant since = enrolLooks % LOOKS_TO_A_FULL_ONE == 0 ? Instant.EPOCH : enrolledUpTo;
        Instant now = database.inTransaction(connection -> {
            Instant began = Sql.now(connection);
            CheckTable.enrol(connection, since, checkAfter);
            return began;
        });
        enrolLooks++;
        enrolledUpTo = now.minus(checkAfter).minus(ENROL_OVERLAP);
    }

    private static Duration delay(int checks) {
        Duration delay = FIRST_DELAY.multipliedBy(1L << Math.min(Math.max(checks, 1) - 1, MOST_DOUBLINGS));
        return delay.compareTo(LONGEST_DELAY) < 0 ? delay : LONGEST_DELAY;
    }

    /** True at once, and then again each time the interval has passed. */
    private static final class Every {
        private final long intervalNanos;
        private final LongSupplier nanoClock;
        private long nextNanos;

        Every(Duration interval, LongSupplier nanoClock) {
            this.intervalNanos = interval.toNanos();
            this.nanoClock = nanoClock;
            this.nextNanos = nanoClock.getAsLong();
        }

        boolean isTime() {
            long now = nanoClock.getAsLong();
            if (now - nextNanos < 0) {
                return false;
            }
            nextNanos = now + intervalNanos;
            return true;
        }
    }
}
