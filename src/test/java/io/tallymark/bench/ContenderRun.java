package io.tallymark.bench;

import io.tallymark.embedded.EmbeddedFlink;
import io.tallymark.embedded.ListenPort;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** One run: the main class of a process of its own. Reads its plan from a file and leaves its figures beside it. */
public final class ContenderRun {
    static final String PLAN = "plan.properties";
    static final String FIGURES = "figures.json";
    private static final int SLOTS = 2;
    private static final int NETWORK_MEBIBYTES = 128;
    private static final int RETAINED = 3;
    private static final int TOLERABLE_FAILURES = 3;

    private ContenderRun() {}

    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[0]);
        RunPlan plan = RunPlan.read(directory.resolve(PLAN));
        try (EmbeddedFlink flink = EmbeddedFlink.start(
                directory.resolve("flink"), ListenPort.free(), new EmbeddedFlink.Size(1, SLOTS), cluster(plan))) {
            RunFigures figures = plan.contender().writesTable() ? runUntilClosed(flink, plan) : runToEnd(flink, plan);
            figures.write(directory.resolve(FIGURES));
            // Whoever started this process removes all that it has written: nothing has to be shut down in good order.
            Runtime.getRuntime().halt(0);
        }
    }

    /** As flink-conf/config.yaml has it. */
    private static Configuration cluster(RunPlan plan) {
        Configuration settings = new Configuration();
        settings.set(
                TaskManagerOptions.MANAGED_MEMORY_SIZE,
                MemorySize.ofMebiBytes(plan.size().managedMebibytes()));
        settings.set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(NETWORK_MEBIBYTES));
        settings.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(NETWORK_MEBIBYTES));
        settings.set(CoreOptions.DEFAULT_PARALLELISM, SLOTS);
        settings.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, plan.size().checkpointInterval());
        settings.set(
                CheckpointingOptions.MIN_PAUSE_BETWEEN_CHECKPOINTS,
                plan.size().checkpointInterval().dividedBy(2));
        settings.set(CheckpointingOptions.TOLERABLE_FAILURE_NUMBER, TOLERABLE_FAILURES);
        // The one that the restart begins with outlives what is completed until the job has ended.
        settings.set(CheckpointingOptions.MAX_RETAINED_CHECKPOINTS, RETAINED);
        // A run that had to begin again measures nothing.
        settings.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
        return settings;
    }

    private static RunFigures runToEnd(EmbeddedFlink flink, RunPlan plan) throws Exception {
        StreamExecutionEnvironment env = flink.environment();
        if (plan.contender() == Contender.RAW_READ) {
            ReadingJobs.addRawRead(env, plan);
        } else {
            ReadingJobs.addParseOnly(env, plan);
        }
        RunClock.expect(plan.records());
        env.executeAsync(plan.contender().title()).getJobExecutionResult().get();
        if (CountingSink.counted() != plan.records()) {
            throw new IllegalStateException("read " + CountingSink.counted() + " of " + plan.records() + " records");
        }
        RunClock.Moment end = RunClock.last();
        return figures(end, millisBetween(RunClock.first(), end));
    }

    private static RunFigures runUntilClosed(EmbeddedFlink flink, RunPlan plan) throws Exception {
        JobClient job = start(flink, plan);
        try (ClosedHours hours = ClosedHours.of(plan.database())) {
            TableWatch watch = new TableWatch(plan, job, hours);
            watch.awaitClosed();
            RunClock.Moment end = RunClock.Moment.now();
            long endMillis = System.currentTimeMillis();
            RunFigures atEnd = figures(end, RunFigures.UNKNOWN);
            watch.awaitTruth();
            long settledMillis = millisBetween(RunClock.first(), RunClock.Moment.now());
            JobView.Checkpoint checkpoint =
                    watch.awaitCheckpoint(new JobView(flink.webUi(), job.getJobID()), endMillis);
            StateFigures state = checkpoint.figures();
            if (plan.contender() == Contender.TALLYMARK) {
                job.cancel().get();
                state = state.restartedIn(restart(flink, plan, checkpoint, hours));
            }
            return atEnd.settled(settledMillis, state);
        }
    }

    /** In a process that is warm already. */
    private static long restart(EmbeddedFlink flink, RunPlan plan, JobView.Checkpoint from, ClosedHours hours)
            throws Exception {
        Configuration settings = new Configuration();
        settings.set(StateRecoveryOptions.SAVEPOINT_PATH, from.path());
        StreamExecutionEnvironment env = flink.environment(settings);
        TallymarkJobs.add(env, plan);
        long begun = System.nanoTime();
        JobClient job = env.executeAsync("restart");
        new TableWatch(plan, job, hours).awaitProcessing(new JobView(flink.webUi(), job.getJobID()));
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
    }

    private static JobClient start(EmbeddedFlink flink, RunPlan plan) throws Exception {
        if (plan.contender() == Contender.FLINK_SQL) {
            RunClock.expect(plan.records());
            StreamExecutionEnvironment env = flink.environment(SqlJobs.settings(plan.maxLateness()));
            return SqlJobs.start(env, plan);
        }
        StreamExecutionEnvironment env = flink.environment();
        TallymarkJobs.add(env, plan);
        RunClock.expect(plan.records());
        return env.executeAsync(plan.contender().title());
    }

    private static RunFigures figures(RunClock.Moment end, long settledMillis) throws IOException {
        RunClock.Moment first = RunClock.first();
        return new RunFigures(
                millisBetween(first, end),
                settledMillis,
                TimeUnit.NANOSECONDS.toMillis(end.cpuNanos() - first.cpuNanos()),
                PeakMemory.mebibytes(),
                RunClock.tenths(),
                StateFigures.NONE);
    }

    private static long millisBetween(RunClock.Moment first, RunClock.Moment end) {
        return TimeUnit.NANOSECONDS.toMillis(end.nanos() - first.nanos());
    }
}
