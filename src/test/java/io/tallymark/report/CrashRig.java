package io.tallymark.report;

import io.tallymark.simulator.SettableClock;
import io.tallymark.simulator.StripeSimulator;
import io.tallymark.stripe.MeterCheck;
import io.tallymark.stripe.StripeReadings;
import io.tallymark.stripe.StripeReportSender;
import io.tallymark.stripe.StripeSettings;
import io.tallymark.usage.Meter;
import io.tallymark.usage.ReportMode;
import io.tallymark.usage.ReportSender;
import io.tallymark.usage.SecretRef;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * A reporter on real Postgres and the simulator, whose clocks move together; plays one death and what follows. Each cell has a customer
 * of its own.
 */
final class CrashRig implements AutoCloseable {
    private static final Duration LEASES_RUN_OUT = Duration.ofMinutes(5);
    private static final int MOST_TICKS = 60;

    private final SettableClock clock = new SettableClock(Instant.now().truncatedTo(ChronoUnit.SECONDS));
    private final StripeSimulator simulator = StripeSimulator.start(0, clock);
    private final StripeSettings stripe =
            StripeSettings.defaults(SecretRef.none("stripe.api-key")).withApiBase(simulator.apiBase());
    private final StripeReadings account = StripeReadings.open(stripe);
    private final ReportSender sender = StripeReportSender.open(stripe);
    private final TestDatabase database = new TestDatabase();
    private final Meter[] meters;
    private int cells;

    CrashRig(List<Meter> meters) throws SQLException {
        this.meters = meters.toArray(Meter[]::new);
        for (Meter meter : meters) {
            Meter.StripeReport report = meter.stripe().orElseThrow();
            if (!report.mode().isUsageRecord()) {
                account.createMeter(
                        report.eventName(),
                        meter.metric(),
                        MeterCheck.formula(report.mode()),
                        MeterCheck.window(report.mode()));
            }
        }
        try (Reporter first = reporter(StepListener.NONE)) {
            first.claim();
        }
    }

    /**
     * How it ended.
     *
     * @param equal whether the simulator, the ledger and the table agree, and nothing is left to do
     * @param calls that were made
     */
    record Result(boolean equal, long calls) {
        @Override
        public String toString() {
            return (equal ? "= " : "! ") + calls;
        }
    }

    /**
     * Plays a death.
     *
     * @param finalTotal what the hour's total, 5, becomes while the reporter is dead
     */
    Result play(Meter meter, ReportStep dyingAt, Duration age, String finalTotal) throws SQLException {
        Cell cell = new Cell(meter);
        long before = simulator.requestCount();
        database.total(cell.older, "2");
        database.total(cell.hour, "5");
        cell.dieAt(dyingAt);
        later(age.plus(LEASES_RUN_OUT));
        database.total(cell.hour, finalTotal);
        takeOver();
        return new Result(cell.isEqual(), simulator.requestCount() - before);
    }

    @Override
    public void close() throws SQLException {
        sender.close();
        account.close();
        simulator.close();
        database.close();
    }

    private void takeOver() throws SQLException {
        try (Reporter successor = reporter(StepListener.NONE)) {
            for (int tick = 0; tick < MOST_TICKS && database.count("report_due") > 0; tick++) {
                if (successor.tick() == 0) {
                    later(DoubtRule.SUMMARY_LAG);
                }
            }
        }
    }

    private void later(Duration time) throws SQLException {
        database.advance(time);
        clock.advance(time);
    }

    private Reporter reporter(StepListener steps) {
        return new Reporter(Reporter.settings(database, CustomerMapping.TABLE, meters), sender, steps);
    }

    /** The process is gone: nothing of it goes on, and the database rolls back what was not committed. */
    private static final class Died extends Error {
        private static final long serialVersionUID = 1L;
    }

    private final class Cell {
        private final Meter meter;
        private final String subject = "cell" + cells++;
        private final String customer = account.createCustomer(subject);
        private final Instant anchor = clock.instant().minus(2, ChronoUnit.DAYS).truncatedTo(ChronoUnit.HOURS);
        private final Instant now = clock.instant().truncatedTo(ChronoUnit.HOURS);
        private final String target;
        private final DueHour older;
        private final DueHour hour;

        Cell(Meter meter) throws SQLException {
            this.meter = meter;
            target = mode().isUsageRecord()
                    ? simulator.createLegacyItem(customer, anchor)
                    : meter.stripe().orElseThrow().eventName();
            older = DueHour.of(meter.metric(), subject, now.minus(3, ChronoUnit.HOURS));
            hour = DueHour.of(meter.metric(), subject, now.minus(2, ChronoUnit.HOURS));
            database.execute("INSERT INTO billing_customer VALUES (?, ?, ?)", subject, customer, anchor);
            database.execute(
                    "INSERT INTO billing_item VALUES (?, ?, ?, ?, NULL)", subject, meter.metric(), target, anchor);
        }

        void dieAt(ReportStep step) throws SQLException {
            Set<ReportStep> deaths = EnumSet.of(step);
            try (Reporter mortal = reporter(reached -> {
                if (deaths.remove(reached)) {
                    throw new Died();
                }
            })) {
                for (int tick = 0; tick < MOST_TICKS; tick++) {
                    mortal.tick();
                }
                throw new AssertionError("step " + step + " was not reached");
            } catch (Died e) {
                // As planned.
            }
        }

        boolean isEqual() throws SQLException {
            BigDecimal ledger = database.number(
                    "SELECT coalesce(sum(balance), 0) FROM ledger_balance WHERE customer_id = ? AND account = 'reported'",
                    subject);
            return simulator.contradictions().isEmpty()
                    && database.count("report_due") == 0
                    && database.count("report_lane") == 0
                    && ledger.compareTo(table("sum(quantity)")) == 0
                    && billed().compareTo(expected()) == 0
                    && database.number("SELECT sum(balance) FROM ledger_balance")
                                    .signum()
                            == 0;
        }

        private BigDecimal expected() throws SQLException {
            return table(
                    switch (meter.aggregation()) {
                        case MAX -> "max(quantity)";
                        case LAST -> "(array_agg(quantity ORDER BY period_start DESC))[1]";
                        default -> "sum(quantity)";
                    });
        }

        private BigDecimal table(String value) throws SQLException {
            return database.number("SELECT " + value + " FROM usage_hourly WHERE customer_id = ?", subject);
        }

        private BigDecimal billed() {
            Instant from = now.minus(3, ChronoUnit.DAYS);
            Instant to = now.plus(3, ChronoUnit.DAYS);
            return mode().isUsageRecord()
                    ? simulator.billedRecords(target, from, to)
                    : simulator.billed(target, customer, from, to);
        }

        private ReportMode mode() {
            return meter.stripe().orElseThrow().mode();
        }
    }
}
