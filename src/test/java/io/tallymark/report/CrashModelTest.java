package io.tallymark.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.report.FakeStripe.Fault;
import io.tallymark.usage.Delivery;
import io.tallymark.usage.HeldUsage;
import io.tallymark.usage.Meter;
import io.tallymark.usage.ReportMode;
import io.tallymark.usage.ReportSender;
import io.tallymark.usage.UsageQuestion;
import io.tallymark.usage.UsageReport;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A random run in which the reporter dies at every step, old claims and outcomes turn up late, two reporters work side by side, totals
 * change under their hands and Stripe fails before and after it has taken a report. In the end Stripe holds the table.
 *
 * <p>A failure names its seed; {@code -Dtallymark.seed=…} runs it again.
 */
class CrashModelTest {
    private static final int RUNS = 5;
    private static final int STEPS = 600;
    private static final int CUSTOMERS = 3;
    private static final int HOURS = 4;

    @ParameterizedTest
    @EnumSource(ReportMode.class)
    void stripeEqualsTheTableAfterAnyCrash(ReportMode mode) throws SQLException {
        long given = Long.getLong("tallymark.seed", 0);
        long first = given == 0 ? System.nanoTime() : given;
        int runs = given == 0 ? RUNS : 1;
        for (long seed = first; seed < first + runs; seed++) {
            System.out.println("CrashModelTest " + mode + " seed " + seed);
            try (Run run = new Run(mode, seed)) {
                run.play();
            } catch (AssertionError | SQLException e) {
                throw new AssertionError(mode + ": run again with -Dtallymark.seed=" + seed, e);
            }
        }
    }

    /** The process died during the call: whether Stripe has the event is up to whoever catches this. */
    private static final class Died extends Error {
        private static final long serialVersionUID = 1L;
    }

    private static final class Run implements AutoCloseable {
        private final ReportMode mode;
        private final Random random;
        private final TestDatabase database = new TestDatabase();
        private final FakeStripe stripe = new FakeStripe();
        private final MortalSender sender = new MortalSender(stripe);
        private final List<Reporter> reporters = new ArrayList<>();
        private final List<ClaimedReport> claims = new ArrayList<>();
        private final List<ReportOutcome> outcomes = new ArrayList<>();
        private final List<UsageReport> onTheWire = new ArrayList<>();
        private final Map<String, Integer> coverage = new TreeMap<>();
        private final Meter meter;

        Run(ReportMode mode, long seed) throws SQLException {
            this.mode = mode;
            this.random = new Random(seed);
            this.meter = Reporter.meter("tokens", mode == ReportMode.DELTA ? "raw" : "window", mode);
            reporters.add(start());
            reporters.add(start());
            reporters.get(0).claim();
        }

        void play() throws SQLException {
            for (int step = 0; step < STEPS; step++) {
                step();
            }
            settle();
            verify();
        }

        private void step() throws SQLException {
            switch (random.nextInt(24)) {
                case 0, 1, 2, 3 -> changeTotal();
                case 4, 5, 6, 7, 8 -> claims.addAll(anyReporter().claim());
                case 9, 10, 11, 12, 13 -> call();
                case 14, 15, 16, 17 -> recordOutcome();
                case 18 -> dieWhileCalling();
                case 19 -> loseOrDeliverLate();
                case 20, 21, 22 -> timePasses();
                default -> restartAReporter();
            }
        }

        private void changeTotal() throws SQLException {
            DueHour hour = anyHour();
            String dimensions = random.nextBoolean() ? "{}" : "{\"model\": \"m\"}";
            if (random.nextInt(6) == 0) {
                count("delete");
                database.execute(
                        "DELETE FROM usage_hourly WHERE customer_id = ? AND period_start = ?",
                        hour.customerId(),
                        hour.start());
            } else {
                count("change");
                database.total(hour, dimensions, random.nextInt(20) + "." + random.nextInt(3), random.nextInt(8) != 0);
            }
        }

        // The same claim may be taken up twice: Flink restores elements that were already worked on.
        private void call() throws SQLException {
            if (claims.isEmpty()) {
                return;
            }
            ClaimedReport claim = oftenTheNewest(claims);
            Fault[] faults = {Fault.NONE, Fault.NONE, Fault.LOST_BEFORE_STRIPE, Fault.LOST_AFTER_STRIPE};
            stripe.failNext(faults[random.nextInt(faults.length)]);
            anyReporter()
                    .call(claim)
                    .ifPresentOrElse(
                            outcome -> {
                                count("call " + outcome.delivery().outcome());
                                outcomes.add(outcome);
                            },
                            () -> count("stale"));
            stripe.forgetScript();
        }

        private void recordOutcome() throws SQLException {
            if (!outcomes.isEmpty()) {
                count("record");
                anyReporter().record(oftenTheNewest(outcomes));
            }
        }

        private void dieWhileCalling() throws SQLException {
            if (claims.isEmpty()) {
                return;
            }
            sender.dying = true;
            try {
                anyReporter().call(oftenTheNewest(claims));
            } catch (Died e) {
                count("died in call");
                onTheWire.addAll(sender.caught);
            } finally {
                sender.caught.clear();
                sender.dying = false;
            }
        }

        private void loseOrDeliverLate() {
            switch (random.nextInt(4)) {
                case 0 -> claims.clear();
                case 1 -> outcomes.clear();
                case 2 -> onTheWire.clear();
                default -> {
                    if (!onTheWire.isEmpty()) {
                        count("delivered late");
                        stripe.send(onTheWire.remove(random.nextInt(onTheWire.size())));
                    }
                }
            }
        }

        // Beyond a day an identifier protects no more: nothing of the past may still be on its way, and an unresolved
        // delta is held.
        private void timePasses() throws SQLException {
            database.letLeasesRunOut();
            boolean unresolved = database.count("stripe_report WHERE state = 'sent'") > 0;
            if (random.nextInt(8) == 0 && (mode == ReportMode.HOURLY_TOTAL || !unresolved)) {
                count("30 hours later");
                onTheWire.clear();
                outcomes.clear();
                database.age(30);
                stripe.advance(Duration.ofHours(30));
            }
        }

        private void restartAReporter() {
            if (random.nextInt(3) > 0) {
                return;
            }
            count("restart");
            int which = random.nextInt(reporters.size());
            reporters.get(which).close();
            reporters.set(which, start());
        }

        private void settle() throws SQLException {
            database.execute("UPDATE usage_hourly SET closed = true");
            for (int tick = 0; tick < 500 && database.count("report_due") > 0; tick++) {
                database.letLeasesRunOut();
                anyReporter().tick();
            }
            onTheWire.forEach(stripe::send);
        }

        private void verify() throws SQLException {
            assertThat(database.rows("SELECT * FROM report_due"))
                    .as("due after %s", coverage)
                    .isEmpty();
            assertThat(stripe.contradictions())
                    .as("identifiers with two values")
                    .isEmpty();
            for (int customer = 0; customer < CUSTOMERS; customer++) {
                for (int hour = 0; hour < HOURS; hour++) {
                    verify(hour(customer, hour));
                }
            }
            assertThat(database.balance("tokens", "unreported")).isZero();
            assertThat(database.number("SELECT coalesce(sum(balance), 0) FROM ledger_balance"))
                    .isZero();
        }

        private void verify(DueHour hour) throws SQLException {
            BigDecimal table = database.number(
                    "SELECT coalesce(sum(quantity), 0) FROM usage_hourly WHERE customer_id = ? AND period_start = ?",
                    hour.customerId(),
                    hour.start());
            BigDecimal ledger = database.number("""
                    SELECT coalesce(sum(amount), 0) FROM ledger_entry
                    WHERE to_account = 'reported' AND customer_id = ? AND period_start = ?
                    """, hour.customerId(), hour.start());
            String event = mode == ReportMode.DELTA ? "raw" : "window";
            assertThat(stripe.held(event, hour.customerId(), hour.start()))
                    .as("Stripe's %s after %s", hour, coverage)
                    .isEqualByComparingTo(table);
            assertThat(ledger).as("ledger's %s", hour).isEqualByComparingTo(table);
        }

        private Reporter start() {
            return new Reporter(Reporter.settings(database, CustomerMapping.IDENTITY, meter), sender);
        }

        private <T> T oftenTheNewest(List<T> list) {
            return list.get(random.nextInt(4) == 0 ? random.nextInt(list.size()) : list.size() - 1);
        }

        private Reporter anyReporter() {
            return reporters.get(random.nextInt(reporters.size()));
        }

        private DueHour anyHour() {
            return hour(random.nextInt(CUSTOMERS), random.nextInt(HOURS));
        }

        private static DueHour hour(int customer, int hour) {
            return DueHour.of("tokens", "customer" + customer, TestDatabase.hoursAgo(2 + hour));
        }

        private void count(String what) {
            coverage.merge(what, 1, Integer::sum);
        }

        @Override
        public void close() throws SQLException {
            System.out.println("  " + coverage);
            reporters.forEach(Reporter::close);
            database.close();
        }
    }

    /** Dies on demand in the middle of a call. */
    private static final class MortalSender implements ReportSender {
        private final ReportSender stripe;
        private final List<UsageReport> caught = new ArrayList<>();
        private boolean dying;

        MortalSender(ReportSender stripe) {
            this.stripe = stripe;
        }

        @Override
        public HeldUsage held(UsageQuestion question) {
            return stripe.held(question);
        }

        @Override
        public Delivery send(UsageReport event) {
            if (dying) {
                caught.add(event);
                throw new Died();
            }
            return stripe.send(event);
        }

        @Override
        public void close() {}
    }
}
