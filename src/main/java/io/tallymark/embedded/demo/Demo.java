package io.tallymark.embedded.demo;

import io.tallymark.config.Settings;
import io.tallymark.config.SettingsLoader;
import io.tallymark.embedded.LocalPorts;
import io.tallymark.embedded.LocalStack;
import io.tallymark.embedded.SimulatedAccount;
import io.tallymark.embedded.Teardown;
import io.tallymark.embedded.traffic.Truth;
import io.tallymark.embedded.traffic.TruthCounts;
import io.tallymark.embedded.traffic.TruthRow;
import io.tallymark.stripe.StripeReadings;
import io.tallymark.usage.BillingHour;
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
            DemoTraffic traffic = teardown.open(() -> new DemoTraffic(
                    demo,
                    settings.ingest().topic(),
                    LocalDate.ofInstant(clock.instant(), clock.getZone()).minusDays(1)));
            SimulatedAccount.createMeters(settings, stripe);
            Map<String, String> customers =
                    SimulatedAccount.createCustomers(traffic.settings().customerIds(), stripe, settings.database());
            stack.submit(settings);
            out.println("demo: seed " + demo.seed() + ", " + demo.records() + " records, dashboard "
                    + stack.flink().webUi());
            TableReader table = new TableReader(settings.database());
            watch(stack, traffic, table);
            return prove(
                    stack,
                    settings,
                    traffic.truth(),
                    table,
                    new StripeReader(stripe, settings.ingest().meters(), customers));
        }
    }

    private void watch(LocalStack stack, DemoTraffic traffic, TableReader table) throws Exception {
        CompletableFuture<Void> sending = traffic.start(stack.kafka().bootstrapServers());
        boolean failureDue = demo.loseTaskManager();
        long before = 0;
        while (!endsWithin(sending, FRAME)) {
            long sent = traffic.sent();
            view.show("day", sent, demo.records(), (sent - before) * 1_000 / FRAME.toMillis(), table.glance());
            before = sent;
            if (failureDue && sent > demo.records() / 2) {
                out.println("demo: killing the TaskManager");
                stack.loseTaskManager();
                failureDue = false;
            }
        }
        settle(stack, traffic, table);
    }

    /** Waits until nothing moves any more; the proof decides whether what came to rest is right. */
    private void settle(LocalStack stack, DemoTraffic traffic, TableReader table) throws Exception {
        Truth truth = traffic.truth();
        CompletableFuture<Void> never = new CompletableFuture<>();
        for (long waited = 0; waited < SETTLE_DEADLINE.toMillis(); waited += FRAME.toMillis()) {
            TableReader.Glance glance = table.glance();
            view.show("settling", traffic.sent(), demo.records(), 0, glance);
            boolean whole = glance.rows() >= truth.rows().size() && table.openRows() == 0;
            if (whole
                    && glance.due() == 0
                    && deadLetters(stack) >= truth.counts().deadLetters()) {
                return;
            }
            if (endsWithin(never, FRAME)) {
                return;
            }
        }
        out.println("demo: still not settled after " + SETTLE_DEADLINE.toSeconds() + " s, comparing as it is");
    }

    private static long deadLetters(LocalStack stack) {
        return stack.kafka().endOffsets("usage-dead-letters").values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    private boolean prove(LocalStack stack, Settings settings, Truth truth, TableReader table, StripeReader stripe)
            throws SQLException {
        Proof.FarEnds ends = new Proof.FarEnds(
                stack.kafka().endOffsets(settings.ingest().topic()).values().stream()
                        .mapToLong(Long::longValue)
                        .sum(),
                table.countedEvents(),
                new DeadLetterReader(
                                stack.kafka().bootstrapServers(),
                                settings.deadLetters().topic())
                        .countByReason(),
                table.totals(),
                stripe.totals(firstHour(truth), lastHour(truth)),
                table.balance("unreported"),
                table.acceptedReports());
        List<String> differences =
                Proof.differences(truth, ends, settings.ingest().meters());
        differences.stream().limit(SHOWN_DIFFERENCES).forEach(line -> out.println("  " + line));
        if (differences.size() > SHOWN_DIFFERENCES) {
            out.println("  and " + (differences.size() - SHOWN_DIFFERENCES) + " more");
        }
        out.println(lastLine(differences.isEmpty(), truth.counts(), ends));
        return differences.isEmpty();
    }

    private static String lastLine(boolean passed, TruthCounts truth, Proof.FarEnds ends) {
        long duplicates = ends.read() - ends.counted() - ends.deadLettered() - truth.ignored();
        return "demo: %s read=%d counted=%d duplicates=%d dead-lettered=%d rows=%d reported=%d ignored=%d"
                .formatted(
                        passed ? "PASS" : "FAIL",
                        ends.read(),
                        ends.counted(),
                        duplicates,
                        ends.deadLettered(),
                        ends.table().size(),
                        ends.reports(),
                        truth.ignored());
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
