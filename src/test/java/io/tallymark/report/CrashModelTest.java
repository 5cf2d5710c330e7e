package io.tallymark.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.report.FakeStripe.Fault;
import io.tallymark.usage.Aggregation;
import io.tallymark.usage.BillingPeriod;
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
    private static final int RUNS = Integer.getInteger("crash.runs", 2);
    private static final int STEPS = 600;
    private static final int CUSTOMERS = 3;
    private static final int HOURS = 4;
    private static final String TARGET = "target";

    @ParameterizedTest
    @EnumSource(ReportMode.class)
    void stripeEqualsTheTableAfterAnyCrash(ReportMode mode) throws SQLException {
        play(mode, Aggregation.SUM);
    }

    @ParameterizedTest
    @EnumSource(
            value = Aggregation.class,
            names = {"MAX", "LAST"})
    void periodOfALargestOrNewestValueEqualsTheTableAfterAnyCrash(Aggregation aggregation) throws SQLException {
        play(ReportMode.PERIOD_TOTAL, aggregation);
    }

    private static void play(ReportMode mode, Aggregation aggregation) throws SQLException {
        long given = Long.getLong("tallymark.seed", 0);
        long first = given == 0 ? System.nanoTime() : given;
        int runs = given == 0 ? RUNS : Integer.getInteger("crash.runs", 1);
        for (long seed = first; seed < first + runs; seed++) {
            System.out.println("CrashModelTest " + mode + " " + aggregation + " seed " + seed);
            try (Run run = new Run(mode, aggregation, seed)) {
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
        private final Aggregation aggregation;
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

        Run(ReportMode mode, Aggregation aggregation, long seed) throws SQLException {
            this.mode = mode;
            this.aggregation = aggregation;
            this.random = new Random(seed);
            this.meter = Reporter.meter("tokens", TARGET, mode, aggregation);
            for (int customer = 0; customer < CUSTOMERS; customer++) {
                database.execute(
                        "INSERT INTO billing_item VALUES (?, 'tokens', ?, '2000-01-01', NULL)",
                        "customer" + customer,
                        TARGET);
            }
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
            boolean additive = aggregation == Aggregation.SUM;
            String dimensions = additive && random.nextBoolean() ? "{\"model\": \"m\"}" : "{}";
            if (random.nextInt(6) == 0) {
                count("delete");
                database.execute(
                        "DELETE FROM usage_hourly WHERE customer_id = ? AND period_start = ?",
                        hour.customerId(),
                        hour.start());
            } else {
                count("change");
                database.total(
                        hour,
                        dimensions,
                        random.nextInt(20) + (mode.isUsageRecord() ? "" : "." + random.nextInt(3)),
                        random.nextInt(8) != 0);
            }
        }

        // The same claim may be taken up twice: Flink restores elements that were already worked on.
        private void call() throws SQLException {
            if (claims.isEmpty()) {
                return;
            }
            ClaimedReport claim = oftenTheNewest(claims);
            Fault[] faults = {
                Fault.NONE,
                Fault.NONE,
                Fault.NONE,
                Fault.LOST_BEFORE_STRIPE,
                Fault.LOST_AFTER_STRIPE,
                Fault.FAILED_BEFORE_FOR_A_DAY,
                Fault.FAILED_AFTER_FOR_A_DAY
            };
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

        // Beyond a day an identifier protects no more: nothing of the past may still be on its way.
        private void timePasses() throws SQLException {
            database.letLeasesRunOut();
            switch (random.nextInt(24)) {
                case 0, 1 -> later(Duration.ofHours(30));
                case 2, 3, 4 -> later(DoubtRule.SUMMARY_LAG);
                default -> {}
            }
        }

        private void later(Duration time) throws SQLException {
            count(time + " later");
            onTheWire.clear();
            outcomes.clear();
            database.advance(time);
            stripe.advance(time);
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
                if (anyReporter().tick() == 0) {
                    later(DoubtRule.SUMMARY_LAG);
                }
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
            assertThat(ledger).as("ledger's %s", hour).isEqualByComparingTo(table);
            if (mode == ReportMode.PERIOD_TOTAL) {
                verifyPeriod(hour);
                return;
            }
            assertThat(stripe.held(TARGET, hour.customerId(), hour.start()))
                    .as("Stripe's %s after %s", hour, coverage)
                    .isEqualByComparingTo(table);
        }

        private void verifyPeriod(DueHour hour) throws SQLException {
            BillingPeriod month =
                    BillingPeriod.containing(hour.start(), BillingPeriod.DEFAULT_ANCHOR, BillingPeriod.Interval.MONTH);
            String value = switch (aggregation) {
                case MAX -> "max(quantity)";
                case LAST -> "(array_agg(quantity ORDER BY period_start DESC))[1]";
                default -> "sum(quantity)";
            };
            BigDecimal table = database.number(
                    "SELECT coalesce(" + value + ", 0) FROM usage_hourly"
                            + " WHERE customer_id = ? AND period_start >= ? AND period_start < ?",
                    hour.customerId(),
                    month.start(),
                    month.end());
            assertThat(stripe.held(new UsageQuestion(
                                    mode, TARGET, hour.customerId(), month.start(), month.end(), false))
                            .total())
                    .as("Stripe's %s of %s after %s", month, hour.customerId(), coverage)
                    .get()
                    .satisfies(held -> assertThat(held).isEqualByComparingTo(table));
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
