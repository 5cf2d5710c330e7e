package io.tallymark.report;

import io.tallymark.database.Database;
import io.tallymark.usage.Aggregation;
import io.tallymark.usage.Meter;
import io.tallymark.usage.ReportMode;
import io.tallymark.usage.ReportSender;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** The reporting pipeline without Flink: its steps one by one, so that a test may stop between any two. */
final class Reporter implements AutoCloseable {
    static final Meter TOKENS = meter("tokens", "tokens", ReportMode.HOURLY_TOTAL);
    static final Meter CALLS = meter("calls", "raw_calls", ReportMode.DELTA);

    static final int CONNECTIONS = 2;

    private final Database database;
    private final DueHourClaimer claimer;
    private final ReportAttempt attempt;
    private final StepListener steps;
    private final Random random = new Random(1);
    private final OutcomeRecorder recorder;

    Reporter(ReportSettings settings, ReportSender sender) {
        this(settings, sender, StepListener.NONE);
    }

    /** @param steps told of every step, so that it may end the reporter there */
    Reporter(ReportSettings settings, ReportSender sender, StepListener steps) {
        this(settings, sender, steps, aMinuteEachLook());
    }

    /** @param nanoClock of the rate and of the interval of waking */
    Reporter(ReportSettings settings, ReportSender sender, StepListener steps, LongSupplier nanoClock) {
        this.steps = steps;
        this.recorder = new OutcomeRecorder(new RetryBackoff(random), steps);
        this.database = ReportPool.open(settings.database(), CONNECTIONS);
        this.claimer = new DueHourClaimer(database, settings, settings.callsPerSecond(false), nanoClock, steps);
        this.attempt = new ReportAttempt(
                database, sender, settings.callLease(), settings.longestAnnouncement(), System::nanoTime, steps);
    }

    static Meter meter(String metric, String eventName, ReportMode mode) {
        return meter(metric, eventName, mode, Aggregation.SUM);
    }

    static Meter meter(String metric, String eventName, ReportMode mode, Aggregation aggregation) {
        return new Meter(
                metric,
                metric,
                aggregation,
                "data.n",
                List.of(),
                Map.of(),
                false,
                Meter.ALWAYS,
                new Meter.StripeReport(eventName, mode));
    }

    static ReportSettings settings(TestDatabase database, CustomerMapping mapping, Meter... meters) {
        return new ReportSettings(
                database.access(),
                List.of(meters),
                mapping,
                ReportSettings.DEFAULT_CONCURRENCY,
                100,
                Duration.ofSeconds(1),
                ReportSettings.DEFAULT_LEASE,
                ReportSettings.DEFAULT_CALL_DEADLINE);
    }

    List<ClaimedReport> claim() throws SQLException {
        return claimer.tick();
    }

    Optional<ReportOutcome> call(ClaimedReport claim) throws SQLException {
        return attempt.run(claim);
    }

    void record(ReportOutcome outcome) throws SQLException {
        database.inTransaction(connection -> {
            recorder.record(connection, List.of(outcome));
            PaceTable.adapt(connection, List.of(outcome.delivery()), random);
            return true;
        });
        steps.reached(ReportStep.RECORDED);
    }

    /** Claims, calls and records once; the number of claims. */
    int tick() throws SQLException {
        List<ClaimedReport> claims = claim();
        for (ClaimedReport claim : claims) {
            Optional<ReportOutcome> outcome = call(claim);
            if (outcome.isPresent()) {
                record(outcome.get());
            }
        }
        return claims.size();
    }

    /** Ticks until a tick finds nothing to do. */
    void drain() throws SQLException {
        for (int ticks = 0; tick() > 0; ticks++) {
            if (ticks > 1_000) {
                throw new AssertionError("the backlog does not drain");
            }
        }
    }

    @Override
    public void close() {
        database.close();
    }

    // Neither the rate nor the interval of waking ever holds a test back.
    private static LongSupplier aMinuteEachLook() {
        AtomicLong now = new AtomicLong();
        return () -> now.addAndGet(Duration.ofMinutes(1).toNanos());
    }
}
