package io.tallymark.embedded.demo;

import io.tallymark.config.Settings;
import io.tallymark.config.SettingsLoader;
import io.tallymark.embedded.LocalPorts;
import io.tallymark.embedded.LocalStack;
import io.tallymark.embedded.SimulatedAccount;
import io.tallymark.embedded.Teardown;
import io.tallymark.embedded.traffic.OutcomeCounts;
import io.tallymark.embedded.traffic.Truth;
import io.tallymark.embedded.traffic.TruthRow;
import io.tallymark.stripe.StripeReadings;
import io.tallymark.usage.BillingHour;
import io.tallymark.usage.Meter;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Replays a simulated day through real parts and proves at the end that truth, table and Stripe agree, total by total. Prints the
 * proof's last line; the caller turns the result into an exit code.
 */
public final class Demo {
    private static final String CONFIG = "/demo/tallymark.yaml";
    private static final Duration FRAME = Duration.ofSeconds(1);
    private static final Duration SETTLE_DEADLINE = Duration.ofMinutes(3);
    /** Longer than early-results: a closed hour may still wait for its revision to be written. */
    private static final int CALM_FRAMES = 4;

    private static final int SHOWN_DIFFERENCES = 10;

    private final DemoSettings demo;
    private final PrintStream out;
    private final LiveView view;
    private final Clock clock;

    /**
     * @param terminal whether {@code out} can be redrawn
     * @param clock of which the day before today is simulated
     */
    public Demo(DemoSettings demo, PrintStream out, boolean terminal, Clock clock) {
        this.demo = demo;
        this.out = out;
        this.view = new LiveView(out, terminal);
        this.clock = clock;
    }

    /** Runs from start to proof; whether it passed. */
    public boolean run() throws Exception {
        try (Teardown teardown = Teardown.atExit()) {
            LocalStack stack = LocalStack.start(
                    teardown, LocalPorts.free(), DemoSettings.PARALLELISM, part -> out.println("demo: " + part));
            Settings settings = stack.localised(SettingsLoader.fromText("demo/tallymark.yaml", configText()));
            stack.createTopics(settings, DemoSettings.PARTITIONS);
            StripeReadings stripe = teardown.open(() -> StripeReadings.open(settings.stripe()));
            LocalDate day =
                    LocalDate.ofInstant(clock.instant(), clock.getZone()).minusDays(1);
            DemoTraffic traffic =
                    teardown.open(() -> new DemoTraffic(demo, settings.ingest().topic(), day));
            SimulatedAccount.createMeters(settings, stripe);
            Map<String, String> customers =
                    SimulatedAccount.createCustomers(traffic.settings().customerIds(), stripe, settings.database());
            stack.submit(settings);
            out.println("demo: seed " + demo.seed() + ", " + traffic.total() + " records, dashboard "
                    + stack.flink().webUi());
            FarEndReaders readers = new FarEndReaders(
                    stack, settings, new StripeReader(stripe, settings.ingest().meters(), customers));
            watch(stack, traffic, readers);
            return prove(traffic.truth(), readers, settings.ingest().meters())
                    && (!demo.replay() || new ReplayScene(settings, day, out).play(teardown));
        }
    }

    private void watch(LocalStack stack, DemoTraffic traffic, FarEndReaders readers) throws Exception {
        CompletableFuture<Void> sending = traffic.start(stack.kafka().bootstrapServers());
        boolean failureDue = demo.loseTaskManager();
        long before = 0;
        while (!endsWithin(sending, FRAME)) {
            long sent = traffic.sent();
            view.show(
                    "day",
                    sent,
                    traffic.total(),
                    (sent - before) * 1_000 / FRAME.toMillis(),
                    readers.table().glance());
            before = sent;
            if (failureDue && sent > demo.records() / 2) {
                out.println("demo: killing the TaskManager");
                stack.loseTaskManager();
                failureDue = false;
            }
        }
        settle(traffic, readers);
    }

    /** Waits until nothing moves any more; the proof decides whether what came to rest is right. */
    private void settle(DemoTraffic traffic, FarEndReaders readers) throws Exception {
        Truth truth = traffic.truth();
        CompletableFuture<Void> never = new CompletableFuture<>();
        int calm = 0;
        for (long waited = 0; waited < SETTLE_DEADLINE.toMillis(); waited += FRAME.toMillis()) {
            view.show(
                    "settling",
                    traffic.sent(),
                    traffic.total(),
                    0,
                    readers.table().glance());
            calm = readers.settled(truth) ? calm + 1 : 0;
            if (calm == CALM_FRAMES || endsWithin(never, FRAME)) {
                return;
            }
        }
        out.println("demo: still not settled after " + SETTLE_DEADLINE.toSeconds() + " s, comparing as it is");
    }

    private boolean prove(Truth truth, FarEndReaders readers, List<Meter> meters) throws SQLException {
        Proof.FarEnds ends = readers.read(firstHour(truth), lastHour(truth));
        List<String> differences = Proof.differences(truth, ends, meters);
        differences.stream().limit(SHOWN_DIFFERENCES).forEach(line -> out.println("  " + line));
        if (differences.size() > SHOWN_DIFFERENCES) {
            out.println("  and " + (differences.size() - SHOWN_DIFFERENCES) + " more");
        }
        out.println(lastLine(differences.isEmpty(), ends));
        return differences.isEmpty();
    }

    private static String lastLine(boolean passed, Proof.FarEnds ends) {
        OutcomeCounts counts = ends.balance().counts();
        return "demo: %s read=%d counted=%d withdrawn=%d duplicates=%d conflicts=%d%s dead-lettered=%d ignored=%d rows=%d reported=%d"
                .formatted(
                        passed ? "PASS" : "FAIL",
                        counts.read(),
                        counts.counted(),
                        counts.withdrawn(),
                        counts.duplicates(),
                        counts.conflicts(),
                        counts.voidWaiting() == 0 ? "" : " void-waiting=" + counts.voidWaiting(),
                        counts.deadLetters(),
                        counts.ignored(),
                        ends.table().size(),
                        ends.reports());
    }

    private static BillingHour firstHour(Truth truth) {
        return truth.rows().stream()
                .map(TruthRow::hour)
                .min(Comparator.naturalOrder())
                .orElseThrow();
    }

    private static BillingHour lastHour(Truth truth) {
        return truth.rows().stream()
                .map(TruthRow::hour)
                .max(Comparator.naturalOrder())
                .orElseThrow();
    }

    private static boolean endsWithin(CompletableFuture<Void> work, Duration time)
            throws InterruptedException, ExecutionException {
        try {
            work.get(time.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        }
    }

    private static String configText() throws IOException {
        try (InputStream resource = Demo.class.getResourceAsStream(CONFIG)) {
            if (resource == null) {
                throw new IllegalStateException("the class path has no " + CONFIG);
            }
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
