package io.tallymark.embedded;

import io.tallymark.TallymarkJob;
import io.tallymark.config.Settings;
import io.tallymark.simulator.StripeSimulator;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Everything that Tallymark needs, in this process: a broker, a database, the Stripe simulator and Flink. */
public final class LocalStack {
    private static final Map<String, String> APPEND_TIME = Map.of("message.timestamp.type", "LogAppendTime");
    private static final Duration CHECKPOINT_INTERVAL = Duration.ofSeconds(2);
    private static final Map<String, String> CREATE_TIME = Map.of("message.timestamp.type", "CreateTime");

    private final EmbeddedKafka kafka;
    private final EmbeddedDatabase database;
    private final StripeSimulator simulator;
    private final EmbeddedFlink flink;
    private final int parallelism;

    private LocalStack(
            EmbeddedKafka kafka,
            EmbeddedDatabase database,
            StripeSimulator simulator,
            EmbeddedFlink flink,
            int parallelism) {
        this.kafka = kafka;
        this.database = database;
        this.simulator = simulator;
        this.flink = flink;
        this.parallelism = parallelism;
    }

    /**
     * Starts the parts one after the other.
     *
     * @param teardown ends them, newest first
     * @param parallelism slots of the one TaskManager
     * @param progress told of each part before it starts
     * @throws io.tallymark.usage.UserError when a given port is taken
     */
    public static LocalStack start(Teardown teardown, LocalPorts ports, int parallelism, Consumer<String> progress)
            throws Exception {
        return start(teardown, ports, parallelism, InstantSource.system(), progress);
    }

    /**
     * As {@link #start(Teardown, LocalPorts, int, Consumer)}, with a Stripe that goes by another clock.
     *
     * @param clock of the simulator only
     */
    public static LocalStack start(
            Teardown teardown, LocalPorts ports, int parallelism, InstantSource clock, Consumer<String> progress)
            throws Exception {
        requireFree(ports);
        WorkDirectory work = teardown.open(WorkDirectory::create);
        EmbeddedDatabase database = part(
                teardown,
                progress,
                "PostgreSQL 18",
                () -> EmbeddedDatabase.start(work.directory("postgres"), ports.postgres()));
        EmbeddedKafka kafka =
                part(teardown, progress, "Kafka", () -> EmbeddedKafka.start(work.directory("kafka"), ports.kafka()));
        StripeSimulator simulator = part(
                teardown,
                progress,
                "the Stripe simulator",
                () -> StripeSimulator.start(ports.stripe().resolve(), clock));
        Path flinkDirectory = work.directory("flink");
        EmbeddedFlink flink = part(
                teardown,
                progress,
                "Flink",
                () -> EmbeddedFlink.start(
                        flinkDirectory, ports.web(), new EmbeddedFlink.Size(1, parallelism), flinkOverrides()));
        return new LocalStack(kafka, database, simulator, flink, parallelism);
    }

    public EmbeddedKafka kafka() {
        return kafka;
    }

    public EmbeddedDatabase database() {
        return database;
    }

    public StripeSimulator simulator() {
        return simulator;
    }

    public EmbeddedFlink flink() {
        return flink;
    }

    /** The same meters and bounds, on this stack's addresses. */
    public Settings localised(Settings settings) {
        return settings.on(kafka.bootstrapServers(), database.access(), simulator.apiBase());
    }

    /** Creates the topics that the settings name, with the kind of timestamps that they ask for. */
    public void createTopics(Settings settings, int partitions) {
        kafka.createTopic(
                settings.ingest().topic(), partitions, settings.ingest().trustCreateTime() ? CREATE_TIME : APPEND_TIME);
        kafka.createTopic(settings.deadLetters().topic(), 1, Map.of());
    }

    /** Submits the job with settings that {@link #localised} made. */
    public JobID submit(Settings settings) throws Exception {
        Configuration job = new Configuration();
        job.set(CoreOptions.DEFAULT_PARALLELISM, parallelism);
        StreamExecutionEnvironment env = flink.environment(job);
        TallymarkJob.build(env, settings);
        return env.executeAsync(TallymarkJob.name(settings)).getJobID();
    }

    /** Kills the TaskManager as a lost machine would be, and brings a new one up. */
    public void loseTaskManager() throws Exception {
        flink.loseTaskManager();
    }

    /** Before anything starts, so that a taken port is told at once and not after half a minute. */
    private static void requireFree(LocalPorts ports) {
        List.of(ports.kafka(), ports.postgres(), ports.stripe(), ports.web()).forEach(ListenPort::resolve);
    }

    private static <T extends AutoCloseable> T part(
            Teardown teardown, Consumer<String> progress, String name, Callable<T> opener) throws Exception {
        progress.accept("starting " + name);
        return teardown.open(opener);
    }

    private static Configuration flinkOverrides() {
        Configuration overrides = new Configuration();
        overrides.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, CHECKPOINT_INTERVAL);
        return overrides;
    }
}
