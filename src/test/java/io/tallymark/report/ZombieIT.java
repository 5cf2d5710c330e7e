package io.tallymark.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tallymark.simulator.StripeSimulator;
import io.tallymark.stripe.MeterCheck;
import io.tallymark.stripe.StripeReadings;
import io.tallymark.stripe.StripeReportSender;
import io.tallymark.stripe.StripeSenderFactory;
import io.tallymark.stripe.StripeSettings;
import io.tallymark.usage.Delivery;
import io.tallymark.usage.HeldUsage;
import io.tallymark.usage.Meter;
import io.tallymark.usage.ReportMode;
import io.tallymark.usage.ReportSender;
import io.tallymark.usage.SecretRef;
import io.tallymark.usage.UsageQuestion;
import io.tallymark.usage.UsageReport;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * Two reporting jobs on one database. The first freezes in the middle of its calls, for longer than its leases; the second takes over
 * and tells newer totals; then the first wakes up, and its old calls reach Stripe. Nothing is doubled or overwritten, in no mode.
 */
class ZombieIT {
    private static final int CUSTOMERS = 6;
    private static final int HOURS = 2;
    private static final Duration DEADLINE = Duration.ofMinutes(2);

    @Test
    @SuppressWarnings("try") // Two jobs run for as long as their blocks.
    void callsOfAZombieNeitherDoubleNorOverwrite() throws Exception {
        try (TestDatabase database = new TestDatabase();
                StripeSimulator simulator = StripeSimulator.start(0, InstantSource.system())) {
            StripeSettings stripe =
                    StripeSettings.defaults(SecretRef.none("stripe.api-key")).withApiBase(simulator.apiBase());
            Account account = new Account(database, simulator, stripe);
            ReportSettings settings = settings(database, account.meters());
            Frozen.reset();
            try (ReportingJob zombie = ReportingJob.start(settings, new FreezingFactory(stripe))) {
                await().atMost(DEADLINE)
                        .until(() -> database.count("reported_meter WHERE seeded_at IS NOT NULL")
                                == account.meters().size());
                account.write(database, 5);
                await().atMost(DEADLINE).until(() -> Frozen.CALLS.get() > 0);
                try (ReportingJob successor = ReportingJob.start(settings, new StripeSenderFactory(stripe))) {
                    drain(database);
                    account.write(database, 8);
                    drain(database);
                    int frozen = Frozen.CALLS.get();
                    Frozen.WAKE_UP.countDown();
                    await().atMost(DEADLINE).until(() -> Frozen.WOKEN.get() >= frozen);
                    account.write(database, 3);
                    drain(database);
                    System.out.println("zombie: " + frozen + " frozen calls reached Stripe after their successors");
                }
            }
            assertThat(account.differences(database)).isEmpty();
            assertThat(simulator.contradictions()).isEmpty();
            assertThat(database.number("SELECT sum(balance) FROM ledger_balance"))
                    .isZero();
        }
    }

    private static void drain(TestDatabase database) {
        await().atMost(DEADLINE).until(() -> database.count("report_due") == 0);
    }

    private static ReportSettings settings(TestDatabase database, List<Meter> meters) {
        return new ReportSettings(
                database.access(),
                meters,
                CustomerMapping.TABLE,
                80,
                500,
                Duration.ofMillis(50),
                Duration.ofSeconds(2),
                Duration.ofMillis(500));
    }

    /** What the first job's calls wait for, whichever task makes them. */
    private static final class Frozen {
        private static final AtomicInteger CALLS = new AtomicInteger();
        private static final AtomicInteger WOKEN = new AtomicInteger();
        private static final CountDownLatch WAKE_UP = new CountDownLatch(1);

        static void reset() {
            CALLS.set(0);
            WOKEN.set(0);
        }
    }

    private record FreezingFactory(StripeSettings stripe) implements ReportSender.Factory {
        @Override
        public ReportSender open() {
            return new FreezingSender(StripeReportSender.open(stripe));
        }

        @Override
        public boolean live() {
            return false;
        }
    }

    /** Holds every call up between its announcement and Stripe. */
    private record FreezingSender(ReportSender stripe) implements ReportSender {
        @Override
        public Delivery send(UsageReport report) {
            Frozen.CALLS.incrementAndGet();
            try {
                Frozen.WAKE_UP.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            Delivery delivery = stripe.send(report);
            Frozen.WOKEN.incrementAndGet();
            return delivery;
        }

        @Override
        public HeldUsage held(UsageQuestion question) {
            return stripe.held(question);
        }

        @Override
        public void close() {
            stripe.close();
        }
    }

    private static final class Account {
        private final StripeSimulator simulator;
        private final List<Meter> meters = new ArrayList<>();
        private final Map<String, String> customers = new HashMap<>();
        private final Map<String, String> items = new HashMap<>();
        private final Instant hour = Instant.now().truncatedTo(ChronoUnit.HOURS);
        private final Instant anchor = hour.minus(2, ChronoUnit.DAYS);

        Account(TestDatabase database, StripeSimulator simulator, StripeSettings stripe) throws SQLException {
            this.simulator = simulator;
            try (StripeReadings account = StripeReadings.open(stripe)) {
                for (ReportMode mode : ReportMode.values()) {
                    String name = mode.name().toLowerCase(Locale.ROOT);
                    meters.add(Reporter.meter(name, name, mode));
                    if (!mode.isUsageRecord()) {
                        account.createMeter(name, name, MeterCheck.formula(mode), MeterCheck.window(mode));
                    }
                }
                for (int customer = 0; customer < CUSTOMERS; customer++) {
                    add(database, "customer" + customer, account.createCustomer("customer" + customer));
                }
            }
        }

        private void add(TestDatabase database, String subject, String id) throws SQLException {
            customers.put(subject, id);
            database.execute("INSERT INTO billing_customer VALUES (?, ?, ?)", subject, id, anchor);
            for (Meter meter : meters) {
                if (mode(meter).isUsageRecord()) {
                    String item = simulator.createLegacyItem(id, anchor);
                    items.put(subject + meter.metric(), item);
                    database.execute(
                            "INSERT INTO billing_item VALUES (?, ?, ?, ?, NULL)",
                            subject,
                            meter.metric(),
                            item,
                            anchor);
                }
            }
        }

        List<Meter> meters() {
            return meters;
        }

        void write(TestDatabase database, int quantity) throws SQLException {
            for (Meter meter : meters) {
                for (String subject : customers.keySet()) {
                    for (int back = 2; back < 2 + HOURS; back++) {
                        DueHour due = DueHour.of(meter.metric(), subject, hour.minus(back, ChronoUnit.HOURS));
                        database.total(due, Integer.toString(quantity + back));
                    }
                }
            }
        }

        List<String> differences(TestDatabase database) throws SQLException {
            List<String> differences = new ArrayList<>();
            for (Meter meter : meters) {
                for (Map.Entry<String, String> customer : customers.entrySet()) {
                    BigDecimal table = database.number(
                            "SELECT sum(quantity) FROM usage_hourly WHERE metric = ? AND customer_id = ?",
                            meter.metric(),
                            customer.getKey());
                    BigDecimal held = held(meter, customer.getKey(), customer.getValue());
                    if (table.compareTo(held) != 0) {
                        differences.add(meter.metric() + " of " + customer.getKey() + ": " + table + " / " + held);
                    }
                }
            }
            return differences;
        }

        private BigDecimal held(Meter meter, String subject, String id) {
            Instant end = hour.plus(1, ChronoUnit.HOURS);
            return mode(meter).isUsageRecord()
                    ? simulator.billedRecords(items.getOrDefault(subject + meter.metric(), ""), anchor, end)
                    : simulator.billed(meter.metric(), id, anchor, end);
        }

        private static ReportMode mode(Meter meter) {
            return meter.stripe().orElseThrow().mode();
        }
    }
}
