package io.tallymark.chaos;

import io.tallymark.database.Outage;
import io.tallymark.embedded.Teardown;
import io.tallymark.embedded.WorkDirectory;
import io.tallymark.embedded.traffic.Truth;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/**
 * One seed: parts, traffic, watcher, and one look after another. While it waits it is the operator, who starts what has died; and any
 * total above the truth ends it at once.
 */
final class ChaosRun implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofMinutes(3);
    /** Longer than early-results and the table's batch: what is counted too much would show by then. */
    private static final Duration LATE_WRITES = Duration.ofSeconds(3);

    /** What was under way when a part died may still arrive; it is no sign of a recovery. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);

    private static final String OPEN_HOURS = """
            SELECT concat_ws(' ', metric, customer_id, dimensions, period_start, 'quantity', quantity, 'events', event_count,
                'withdrawn', withdrawn_count, 'epoch', usage_hourly.writer_epoch, 'written', usage_hourly.updated_at, 'watermark', watermark)
            FROM usage_hourly CROSS JOIN metering_progress WHERE NOT closed LIMIT 20
            """;

    private final Teardown teardown;
    private final Path root;
    private final ChaosStack stack;
    private final ChaosTraffic traffic;
    private final Watcher watcher;
    private final Queries database;
    private final MeteringCheck metering;

    private ChaosRun(Teardown teardown, Path root, ChaosStack stack, ChaosTraffic traffic, Watcher watcher) {
        this.teardown = teardown;
        this.root = root;
        this.stack = stack;
        this.traffic = traffic;
        this.watcher = watcher;
        this.database = new Queries(stack.settings().database());
        this.metering = new MeteringCheck(stack);
    }

    /**
     * Starts everything; traffic flows, and some of it is counted when this returns.
     *
     * @param speed simulated seconds per second
     */
    static ChaosRun start(long seed, double perSecond, double speed) throws Exception {
        Teardown teardown = Teardown.atExit();
        try {
            WorkDirectory work = teardown.open(WorkDirectory::create);
            KafkaServer kafka =
                    teardown.open(() -> KafkaServer.start(work.root().resolve("kafka")));
            ChaosTraffic traffic = new ChaosTraffic(kafka.bootstrapServers(), seed, perSecond, speed);
            ChaosStack stack = ChaosStack.start(teardown, traffic.customers(), kafka, work);
            teardown.open(() -> traffic);
            Watcher watcher = teardown.open(() -> Watcher.start(stack.settings().database(), traffic.ceiling()));
            ChaosRun run = new ChaosRun(teardown, work.root(), stack, traffic, watcher);
            traffic.flow();
            run.await("first records", () -> run.accounted() > 0);
            return run;
        } catch (Exception | Error e) {
            teardown.close();
            throw e;
        }
    }

    ChaosStack stack() {
        return stack;
    }

    ChaosTraffic traffic() {
        return traffic;
    }

    Watcher watcher() {
        return watcher;
    }

    MeteringCheck metering() {
        return metering;
    }

    /**
     * Lets one thing go wrong.
     *
     * @return from its beginning until what was sent a second after its end has reached the table, or until a report was made after that
     */
    Duration strike(ChaosPlan.Step step, Random random) throws Exception {
        calm(step.calm());
        long beganNanos = System.nanoTime();
        step.fault().strike(stack, random);
        calm(LAST_WORDS);
        String what = "recovery from " + step.fault();
        if (step.fault().holdsUpReports()) {
            long before = reported();
            await(what, () -> reported() > before && stack.reporter().isRunning());
        } else {
            long before = traffic.stored();
            await(what, () -> accounted() > before);
        }
        return Duration.ofNanos(System.nanoTime() - beganNanos);
    }

    /** Stops the traffic, waits until all of it is through and compares everything with everything. */
    void compare() throws Exception {
        traffic.rest();
        Truth truth = traffic.truth();
        await("all read", () -> accounted() >= truth.counts().read());
        awaitNone("truth", () -> metering.differences(truth));
        awaitNone("ledger and Stripe", new ReportingCheck(stack)::differences);
        awaitNone("left behind", new Leftovers(stack)::found);
        calm(LATE_WRITES);
        awaitNone("truth, after a while", () -> metering.differences(truth), Duration.ZERO);
    }

    /** As {@link #compare}, with every hour closed. */
    void compareClosed() throws Exception {
        traffic.rest();
        traffic.closeHours();
        awaitNone("hours open", () -> database.lines(OPEN_HOURS));
        compare();
    }

    /** Records accounted for; 0 while the database is away. */
    long accounted() throws SQLException {
        return numberOrZero("SELECT coalesce(sum(read), 0) FROM intake_hourly");
    }

    /** Reports that Stripe accepted; 0 while the database is away. */
    long reported() throws SQLException {
        return numberOrZero("SELECT count(*) FROM stripe_report WHERE state IN ('accepted', 'confirmed')");
    }

    void await(String what, Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + DEADLINE.toNanos();
        while (!condition.call()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("no " + what + " within " + DEADLINE + "\n"
                        + stack.reporter().summary() + "\n" + stack.flink().summary() + "\n\n"
                        + stack.flink().tails() + "\n\n" + stack.reporter().tails());
            }
            operate();
        }
    }

    void calm(Duration time) throws Exception {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < end) {
            operate();
        }
    }

    /** The logs of all parts are kept if {@code -Dchaos.logs=DIRECTORY} says where. */
    @Override
    public void close() throws IOException {
        try {
            String kept = System.getProperty("chaos.logs", "");
            if (!kept.isEmpty()) {
                keepLogs(Files.createDirectories(Path.of(kept)));
            }
        } finally {
            teardown.close();
        }
    }

    private void keepLogs(Path kept) throws IOException {
        try (Stream<Path> files = Files.walk(root, 2)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".log")).toList()) {
                Files.copy(
                        file,
                        kept.resolve(root.relativize(file).toString().replace('/', '-')),
                        StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private void awaitNone(String what, Callable<List<String>> differences) throws Exception {
        awaitNone(what, differences, DEADLINE);
    }

    private void awaitNone(String what, Callable<List<String>> differences, Duration atMost) throws Exception {
        long deadline = System.nanoTime() + atMost.toNanos();
        for (List<String> found = differences.call(); !found.isEmpty(); found = differences.call()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(what + ":\n" + String.join("\n", found));
            }
            operate();
        }
    }

    private void operate() throws Exception {
        watcher.check();
        traffic.check();
        tend();
        Pause.of(Pause.POLL);
    }

    private void tend() throws IOException {
        stack.kafka().tend();
        stack.flink().tend();
        stack.reporter().tend();
    }

    private long numberOrZero(String sql) throws SQLException {
        try {
            return database.number(sql);
        } catch (SQLException e) {
            if (Outage.passes(e)) {
                return 0;
            }
            throw e;
        }
    }
}
