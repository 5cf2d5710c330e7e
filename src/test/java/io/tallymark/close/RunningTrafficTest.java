package io.tallymark.close;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.billing.ChangeResult;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Upgrades, downgrades, renewals and a cancellation under usage that never stands still: new hours, revisions of old ones up and down, in
 * the middle of the commands as well. In the end each unit is on one invoice, or visibly written off
 * after the end; what the last invoice cannot take off is named.
 */
class RunningTrafficTest {
    private static final Duration HOUR = Duration.ofHours(1);
    /** From the first hour of the subscription on; the boundary is the 278th. */
    private static final int FIRST = 210;

    private static final int LAST = 320;
    /** Of the shorter life, in which plans add and drop a metric. */
    private static final int FIRST_OF_FEW = 240;

    private static final int LAST_OF_FEW = 310;
    private static final int CLOSES_AFTER_SECONDS = 150;
    private static final Pattern CREDIT = Pattern.compile(" is (-[0-9.]+), which bills as 0");

    /** The seed is part of each message; {@code -Dtraffic.seed=S} takes another one. */
    @Test
    void everyUnitIsBilledOnce() throws SQLException {
        long seed = Long.getLong("traffic.seed", 2);
        try (CloseRig rig = new CloseRig("deadline: 70h")) {
            Customer customer = new Customer(rig, new Random(seed));
            customer.lives(FIRST, LAST);
            String run = "seed " + seed;

            for (String metric : new String[] {"requests", "bytes"}) {
                BigDecimal writtenOff = customer.writtenOff(metric);
                assertThat(customer.billed(metric).add(writtenOff).add(customer.credit(metric)))
                        .as(
                                "%s, %s: billed %s, written off %s, credit %s, invoices %s",
                                run,
                                metric,
                                customer.billed(metric),
                                writtenOff,
                                customer.credit(metric),
                                customer.invoices())
                        .isEqualByComparingTo(customer.used(metric));
            }
            assertThat(customer.changes).as(run).isGreaterThan(3);
            assertThat(customer.closes).as(run).isGreaterThan(0);
            assertThat(rig.books
                            .rows("SELECT count(*) FROM billing_carry WHERE amount > 0")
                            .get(0))
                    .as(run)
                    .isNotEqualTo("0");
            assertThat(rig.books.rows("SELECT count(*) FROM billing_close WHERE state <> 'closed'"))
                    .as(run)
                    .containsExactly("0");
            assertThat(rig.books.rows("SELECT coalesce(sum(balance), 0) FROM ledger_balance"))
                    .as(run)
                    .containsExactly("0");
        }
    }

    /** The seed is part of each message; {@code -Dtraffic.seed=S} takes another one. */
    @Test
    void everyUnitIsBilledOnceOrShownAsUnsoldWherePlansAddAndDropAMetric() throws SQLException {
        long seed = Long.getLong("traffic.seed", 3);
        try (CloseRig rig = new CloseRig("deadline: 70h, unsold-usage: allow")) {
            Customer customer = new Customer(rig, new Random(seed));
            customer.dropsMetrics = true;
            customer.lives(FIRST_OF_FEW, LAST_OF_FEW);
            String run = "seed " + seed;

            for (String metric : new String[] {"requests", "bytes"}) {
                BigDecimal billed = customer.billed(metric);
                BigDecimal writtenOff = customer.writtenOff(metric);
                BigDecimal unsold = metric.equals("bytes") ? customer.unsold() : BigDecimal.ZERO;
                assertThat(billed.add(writtenOff).add(unsold).add(customer.credit(metric)))
                        .as(
                                "%s, %s: billed %s, written off %s, unsold %s, credit %s, invoices %s",
                                run, metric, billed, writtenOff, unsold, customer.credit(metric), customer.invoices())
                        .isEqualByComparingTo(customer.used(metric));
            }
            assertThat(customer.drops).as(run).hasSizeGreaterThan(1);
            assertThat(customer.unsold()).as(run).isPositive();
            assertThat(rig.books.rows("SELECT count(*) FROM billing_close WHERE state <> 'closed'"))
                    .as(run)
                    .containsExactly("0");
            // What a person was asked to credit stays marked.
            assertThat(rig.sheet("bytes").stream().filter(row -> row.endsWith("!")))
                    .as(run)
                    .hasSize(customer.credit("bytes").signum() == 0 ? 0 : 1);
        }
    }

    /** A customer's life from the first hour to the cancellation. */
    private static final class Customer {
        private final CloseRig rig;
        private final Random random;
        private final Map<String, Long> used = new HashMap<>();
        private Instant newest = CloseRig.FIRST_HOUR;
        private boolean max;
        private boolean dropsMetrics;
        private boolean solo;
        private final List<Instant> drops = new ArrayList<>();
        private final List<Instant> adds = new ArrayList<>();
        private final Map<String, BigDecimal> credits = new HashMap<>();
        private int changes;
        private int closes;

        Customer(CloseRig rig, Random random) {
            this.rig = rig;
            this.random = random;
        }

        void lives(int first, int last) throws SQLException {
            rig.subscribe("pro");
            rig.traffic = this::flows;
            for (int hour = first; hour < last; hour++) {
                if (!CloseRig.FIRST_HOUR.plus(HOUR.multipliedBy(hour)).isAfter(newest)) {
                    continue;
                }
                newest = CloseRig.FIRST_HOUR.plus(HOUR.multipliedBy(hour));
                Instant ends = newest.plus(HOUR);
                rig.now(ends.plusSeconds(CLOSES_AFTER_SECONDS));
                use(newest);
                rig.watermark(ends);
                flows();
                // Often by chance, and now and then for certain.
                if (random.nextInt(dropsMetrics ? 8 : 16) == 0 || hour % 25 == 0) {
                    changePlan();
                }
                if (hour % 6 == 0 || ends.equals(CloseRig.BOUNDARY)) {
                    closeWhatIsDue();
                }
            }
            cancel();
        }

        /** Usage of old hours changes, and the reporting job tells what it finds. */
        private void flows() throws SQLException {
            for (int late = random.nextInt(3); late > 0; late--) {
                long back = random.nextInt(80);
                Instant hour = newest.minus(HOUR.multipliedBy(back));
                if (!hour.isBefore(CloseRig.FIRST_HOUR)) {
                    use(hour);
                }
            }
            for (int rounds = random.nextInt(3); rounds > 0; rounds--) {
                rig.reporter.round();
            }
        }

        private void use(Instant hour) throws SQLException {
            for (String metric : new String[] {"requests", "bytes"}) {
                long quantity = random.nextInt(50);
                used.put(metric + hour, quantity);
                rig.total(metric, hour, Long.toString(quantity));
            }
        }

        private void changePlan() throws SQLException {
            changes++;
            if (dropsMetrics && !solo && random.nextInt(3) > 0) {
                newest = newest.plus(HOUR);
                use(newest);
                drops.add(hourOf(rig.planChange().atHourEnd("acme", "solo", false)));
                solo = true;
                return;
            }
            ChangeResult result = rig.planChange().run("acme", max ? "pro" : "max", false);
            if (solo) {
                adds.add(hourOf(result));
            }
            solo = false;
            max = !max;
        }

        private static Instant hourOf(ChangeResult result) {
            return Optional.ofNullable(result.at()).orElseThrow().truncatedTo(ChronoUnit.HOURS);
        }

        /**
         * What hours between the end of bytes and their return have, with what was carried to and from them. Of the hour of the return
         * what was told before it was sealed, for the new item begins after it.
         */
        BigDecimal unsold() throws SQLException {
            BigDecimal unsold = BigDecimal.ZERO;
            for (int i = 0; i < drops.size(); i++) {
                Instant end = i < adds.size() ? adds.get(i) : Instant.parse("2027-01-01T00:00:00Z");
                unsold = unsold.add(
                        new BigDecimal(rig.books.rows("""
                                SELECT coalesce(sum(quantity), 0)
                                FROM (SELECT metric, period_start, quantity FROM usage_hourly
                                      UNION ALL SELECT metric, to_hour, amount FROM billing_carry
                                      UNION ALL SELECT metric, from_hour, -amount FROM billing_carry
                                      -- Written off, which is counted by itself.
                                      UNION ALL SELECT metric, period_start, -amount FROM stripe_report WHERE state = 'expired') AS hour
                                WHERE metric = 'bytes' AND period_start >= ? AND period_start <= ?
                                """, drops.get(i), end).get(0)));
            }
            return unsold;
        }

        BigDecimal writtenOff(String metric) throws SQLException {
            return new BigDecimal(rig.books
                    .rows(
                            "SELECT coalesce(sum(balance), 0) FROM ledger_balance WHERE metric = ? AND account = 'unreportable'",
                            metric)
                    .get(0));
        }

        private List<String> invoices() throws SQLException {
            return rig.books.rows("SELECT invoice_id, state, reasons FROM billing_close ORDER BY invoice_id");
        }

        private void closeWhatIsDue() throws SQLException {
            rig.sync();
            for (Closed closed : rig.closing().closeAll("acme", null, null, (done, all) -> {})) {
                closes += closed.decision() == Closed.Decision.CLOSED ? 1 : 0;
            }
        }

        private void cancel() throws SQLException {
            // The clock goes to the end of the running hour; its usage comes with that hour's watermark.
            newest = newest.plus(HOUR);
            use(newest);
            rig.cancellation().atHourEnd("acme");
            rig.traffic = () -> {};
            rig.now(rig.now().plusSeconds(60));
            assertThat(rig.sync().left()).isZero();
            for (int tries = 0; tries < 3; tries++) {
                closeWhatIsDue();
            }
            acceptCredits();
        }

        /** The last price may have less than voids took back: then a person is asked, and told how much. */
        private void acceptCredits() throws SQLException {
            for (Closed held : rig.closing().closeAll("acme", null, null, (done, all) -> {})) {
                for (Reason reason : held.reasons()) {
                    Matcher credit = CREDIT.matcher(reason.detail());
                    assertThat(reason.kind()).as(reason.text()).isEqualTo(Reason.Kind.CREDIT);
                    assertThat(credit.find()).as(reason.text()).isTrue();
                    credits.put(reason.metric(), new BigDecimal(credit.group(1)));
                }
                rig.closing().accept(held.invoiceId());
            }
        }

        BigDecimal credit(String metric) {
            return credits.getOrDefault(metric, BigDecimal.ZERO);
        }

        BigDecimal used(String metric) {
            return BigDecimal.valueOf(used.entrySet().stream()
                    .filter(hour -> hour.getKey().startsWith(metric))
                    .mapToLong(Map.Entry::getValue)
                    .sum());
        }

        BigDecimal billed(String metric) {
            return rig.simulator.invoiced(rig.payer).stream()
                    .filter(line -> metricOf(line.price()).equals(metric))
                    .map(line -> line.quantity())
                    .reduce(BigDecimal.ZERO, BigDecimal::add);
        }

        private String metricOf(String price) {
            String key = rig.stripe.price(price).orElseThrow().lookupKey();
            return key.startsWith("base") ? "" : key.substring(0, key.indexOf('_'));
        }
    }
}
