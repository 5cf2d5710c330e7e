package io.tallymark.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.usage.Delivery;
import io.tallymark.usage.HeldUsage;
import io.tallymark.usage.ReportSender;
import io.tallymark.usage.UsageQuestion;
import io.tallymark.usage.UsageReport;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ConcurrentClaimsTest {
    private static final int CUSTOMERS = 12;
    private static final int HOURS = 10;
    private static final int REPORTERS = 4;

    @Test
    void reportersOnOneDatabaseNeverCallForTheSameCustomerAndMeterAtOnce() throws Exception {
        try (TestDatabase database = new TestDatabase()) {
            LaneWatch watch = new LaneWatch();
            ReportSettings settings =
                    Reporter.settings(database, CustomerMapping.IDENTITY, Reporter.TOKENS, Reporter.CALLS);
            try (Reporter first = new Reporter(settings, watch)) {
                first.claim();
            }
            writeTotals(database);

            runReporters(settings, watch);

            assertThat(watch.collisions).hasValue(0);
            assertThat(watch.stripe.contradictions()).isEmpty();
            assertThat(watch.stripe.calls()).as("one call for each hour").hasSize(2 * CUSTOMERS * HOURS);
            assertThat(database.balance("calls", "reported")).isEqualByComparingTo(new BigDecimal(CUSTOMERS * HOURS));
            assertThat(database.count("report_due")).isZero();
        }
    }

    private static void writeTotals(TestDatabase database) throws SQLException {
        for (int customer = 0; customer < CUSTOMERS; customer++) {
            for (int hour = 0; hour < HOURS; hour++) {
                database.total(DueHour.of("tokens", "customer" + customer, TestDatabase.hoursAgo(2 + hour)), "1");
                database.total(DueHour.of("calls", "customer" + customer, TestDatabase.hoursAgo(2 + hour)), "1");
            }
        }
    }

    private static void runReporters(ReportSettings settings, ReportSender sender) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(REPORTERS);
        try {
            List<Future<?>> runs = new ArrayList<>();
            for (int i = 0; i < REPORTERS; i++) {
                runs.add(pool.submit(() -> {
                    try (Reporter reporter = new Reporter(settings, sender)) {
                        for (int ticks = 0; ticks < 60; ticks++) {
                            reporter.tick();
                        }
                    }
                    return null;
                }));
            }
            for (Future<?> run : runs) {
                run.get();
            }
        } finally {
            pool.shutdownNow();
        }
    }

    /** Counts calls that overlap another one of their lane. */
    private static final class LaneWatch implements ReportSender {
        private final FakeStripe stripe = new FakeStripe();
        private final Set<String> inFlight = ConcurrentHashMap.newKeySet();
        private final AtomicInteger collisions = new AtomicInteger();

        @Override
        public HeldUsage held(UsageQuestion question) {
            throw new AssertionError("nothing is read back here");
        }

        @Override
        public Delivery send(UsageReport event) {
            String lane = event.target() + "/" + event.stripeCustomerId();
            if (!inFlight.add(lane)) {
                collisions.incrementAndGet();
            }
            try {
                takeAMoment();
                return stripe.send(event);
            } finally {
                inFlight.remove(lane);
            }
        }

        // Long enough for a second call of the lane to begin meanwhile, if one could.
        private static void takeAMoment() {
            long end = System.nanoTime() + 500_000;
            while (System.nanoTime() < end) {
                Thread.onSpinWait();
            }
        }

        @Override
        public void close() {}
    }
}
