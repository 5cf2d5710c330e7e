package io.tallymark.soak;

import io.tallymark.chaos.ChaosProcess;
import io.tallymark.chaos.ChaosStack;
import io.tallymark.chaos.KafkaServer;
import io.tallymark.chaos.Leftovers;
import io.tallymark.chaos.MeteringCheck;
import io.tallymark.chaos.Pause;
import io.tallymark.chaos.Queries;
import io.tallymark.chaos.ReportingCheck;
import io.tallymark.embedded.Teardown;
import io.tallymark.embedded.WorkDirectory;
import io.tallymark.embedded.traffic.OutcomeCounts;
import io.tallymark.embedded.traffic.Truth;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/** One run: parts, traffic and a reading of everything each quarter of a minute; in the end everything is compared with the truth. */
final class SoakRun implements AutoCloseable {
    private static final Duration BETWEEN_SAMPLES = Duration.ofSeconds(15);
    private static final int SLOTS_A_LINE = 4;
    private static final Duration DEADLINE = Duration.ofMinutes(5);
    private static final double MINUTE_NANOS = 6e10;

    private final Teardown teardown;
    private final WorkDirectory work;
    private final SoakPlan plan;
    private final ChaosStack stack;
    private final SoakTraffic traffic;
    private final Queries database;

    private SoakRun(Teardown teardown, WorkDirectory work, SoakPlan plan, ChaosStack stack, SoakTraffic traffic) {
        this.teardown = teardown;
        this.work = work;
        this.plan = plan;
        this.stack = stack;
        this.traffic = traffic;
        this.database = new Queries(stack.settings().database());
    }

    /** Starts every part; no traffic yet. */
    static SoakRun start(SoakPlan plan) throws Exception {
        Teardown teardown = Teardown.atExit();
        try {
            WorkDirectory work = teardown.open(WorkDirectory::create);
            KafkaServer kafka =
                    teardown.open(() -> KafkaServer.start(work.root().resolve("kafka")));
            ChaosStack stack = SoakStack.start(teardown, SoakTraffic.customers(plan), kafka, work);
            await(
                    stack,
                    "job",
                    () -> stack.flink()
                            .api()
                            .runningJob()
                            .map(job -> List.<String>of())
                            .orElse(List.of("not running")));
            SoakTraffic traffic = teardown.open(() -> new SoakTraffic(kafka.bootstrapServers(), plan));
            return new SoakRun(teardown, work, plan, stack, traffic);
        } catch (Exception | Error e) {
            teardown.close();
            throw e;
        }
    }

    /** Lets the traffic flow for as long as the plan says, and reads. Throws when a part dies. */
    void soak(Recording recording) throws Exception {
        Sampler sampler =
                new Sampler(recording, stack, stack.flink().api().runningJob().orElseThrow());
        Future<?> flow = traffic.flow();
        long begin = System.nanoTime();
        long end = begin + plan.length().toNanos();
        for (long slot = 0; begin + slot * BETWEEN_SAMPLES.toNanos() <= end; slot = following(slot, begin)) {
            Pause.of(Duration.ofNanos(Math.max(0, begin + slot * BETWEEN_SAMPLES.toNanos() - System.nanoTime())));
            requireAlive(flow);
            double minute = (System.nanoTime() - begin) / MINUTE_NANOS;
            sampler.sample(minute, traffic.stored());
            if (slot % SLOTS_A_LINE == 0) {
                say(line(minute, recording));
            }
        }
        traffic.rest(flow);
    }

    /** Closes all hours, and compares table, balance sheet, dead letters, ledger and simulator with the truth. */
    OutcomeCounts compare() throws Exception {
        traffic.closeHours();
        Truth truth = traffic.truth();
        long records = truth.counts().read();
        await("all read", () -> lessThan(records, "SELECT coalesce(sum(read), 0) FROM intake_hourly"));
        await("hours closed", () -> lessThan(0, "SELECT -count(*) FROM usage_hourly WHERE NOT closed"));
        await("truth", () -> new MeteringCheck(stack).differences(truth));
        await("ledger and Stripe", () -> new ReportingCheck(stack).differences());
        await("left behind", () -> new Leftovers(stack).found());
        return truth.counts();
    }

    /** The logs of all parts are kept if {@code -Dsoak.logs=DIRECTORY} says where. */
    @Override
    public void close() throws IOException {
        try {
            String kept = System.getProperty("soak.logs", "");
            if (!kept.isEmpty()) {
                keepLogs(Files.createDirectories(Path.of(kept)));
            }
        } finally {
            teardown.close();
        }
    }

    /** What a machine that stood still has missed is not made up for: readings in a bunch would tell of no time. */
    private static long following(long slot, long begin) {
        return Math.max(slot, (System.nanoTime() - begin) / BETWEEN_SAMPLES.toNanos()) + 1;
    }

    private void requireAlive(Future<?> flow) throws Exception {
        if (flow.isDone()) {
            flow.get();
            throw new IllegalStateException("the traffic has ended");
        }
        requireAlive(stack.kafka().process());
        requireAlive(stack.simulator().process());
        requireAlive(stack.flink().jobManager());
        for (int number = 0; number < stack.flink().size(); number++) {
            requireAlive(stack.flink().taskManager(number));
        }
    }

    private static void requireAlive(ChaosProcess process) throws IOException {
        if (!process.isAlive()) {
            throw new AssertionError("a part has died\n" + process.tail());
        }
    }

    private List<String> lessThan(long least, String sql) throws Exception {
        long found = database.number(sql);
        return found >= least ? List.of() : List.of(sql + ": " + found + " of " + least);
    }

    private void await(String what, Callable<List<String>> differences) throws Exception {
        await(stack, what, differences);
    }

    private static void await(ChaosStack stack, String what, Callable<List<String>> differences) throws Exception {
        long deadline = System.nanoTime() + DEADLINE.toNanos();
        for (List<String> found = differences.call(); !found.isEmpty(); found = differences.call()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(what + ":\n" + String.join("\n", found) + "\n"
                        + stack.flink().tails());
            }
            Pause.of(Pause.POLL);
        }
    }

    private static String line(double minute, Recording recording) {
        return String.format(
                Locale.ROOT,
                "%5.1f min: %,.0f events/s, %,.0f not accounted for, %,.0f untold; heap %.0f MiB, resident %.0f MiB,"
                        + " checkpoint %.1f MiB in %.0f ms, %,.0f ids, %.0f hours open, %.0f restarts",
                minute,
                recording.newest(Series.RATE),
                recording.newest(Series.UNREAD),
                recording.newest(Series.UNTOLD),
                recording.newest(Series.TASK_HEAP),
                recording.newest(Series.TASK_MEMORY),
                recording.newest(Series.STATE),
                recording.newest(Series.CHECKPOINT),
                recording.newest(Series.IDS),
                recording.newest(Series.OPEN_HOURS),
                recording.newest(Series.RESTARTS));
    }

    static void say(String line) {
        System.out.println("soak: " + line);
    }

    private void keepLogs(Path kept) throws IOException {
        try (Stream<Path> files = Files.walk(work.root(), 2)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".log")).toList()) {
                Files.copy(file, kept.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }
}
