package io.tallymark;

import io.tallymark.config.Pipeline;
import io.tallymark.config.Settings;
import io.tallymark.config.SettingsLoader;
import io.tallymark.ingest.ColdStart;
import io.tallymark.ingest.IngestSettings;
import io.tallymark.ingest.StartingPoint;
import io.tallymark.ingest.TopicCheck;
import io.tallymark.table.DatabaseCheck;
import io.tallymark.table.DatabaseUse;
import io.tallymark.table.IntakeHistory;
import io.tallymark.topology.JobGuarantees;
import io.tallymark.topology.MeteringPipeline;
import io.tallymark.topology.ReconcilePipeline;
import io.tallymark.topology.ReportingPipeline;
import io.tallymark.usage.UserError;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** The main class for {@code flink run}: settings, topology, execute. */
public final class TallymarkJob {
    private static final String NAME = "tallymark";
    private static final String CONFIG_FLAG = "--config";
    private static final String DEFAULT_FILE = "tallymark.yaml";

    private TallymarkJob() {}

    /**
     * Submits the job.
     *
     * @param args {@code --config FILE}; without it the file that TALLYMARK_CONFIG names, then tallymark.yaml in Flink's conf directory
     */
    public static void main(String[] args) throws Exception {
        StartAttempts attempts = StartAttempts.under(
                StreamExecutionEnvironment.getExecutionEnvironment().getConfiguration());
        Prepared job = attempts.first(() -> prepared(args));
        job.env().execute(job.name());
    }

    private record Prepared(StreamExecutionEnvironment env, String name) {}

    private static Prepared prepared(String[] args) {
        // Its own for each attempt: what an attempt that failed has added stays behind in it.
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        Settings settings = SettingsLoader.load(configFile(args, System.getenv()));
        build(env, settings);
        return new Prepared(env, name(settings));
    }

    /** The job's name: alerts tell two jobs of one installation apart by it. */
    public static String name(Settings settings) {
        List<String> pipelines = Stream.of(Pipeline.values())
                .filter(settings::runs)
                .map(Pipeline::configName)
                .toList();
        return pipelines.size() == 1 ? NAME + "-" + pipelines.get(0) : NAME;
    }

    /**
     * Checks the surroundings and adds the configured pipelines to the environment.
     *
     * @throws UserError when the job could not work as configured
     */
    public static void build(StreamExecutionEnvironment env, Settings settings) {
        require(databaseCheck(settings).problems());
        require(ReportingCheck.problems(settings));
        JobGuarantees.apply(env);
        if (settings.runs(Pipeline.METERING)) {
            require(new TopicCheck(settings.ingest(), settings.deadLetters().topic()).problems());
            buildMetering(env, settings);
        }
        if (settings.runs(Pipeline.REPORTING)) {
            ReportingPipeline.of(settings).build(env);
            if (settings.reconcile().enabled()) {
                ReconcilePipeline.of(settings).build(env);
            }
        }
    }

    static Path configFile(String[] args, Map<String, String> environment) {
        if (args.length == 2 && args[0].equals(CONFIG_FLAG)) {
            return Path.of(args[1]);
        }
        if (args.length != 0) {
            throw new UserError("unknown arguments: " + String.join(" ", args), "pass nothing, or --config FILE");
        }
        String named = environment.get(SettingsLoader.CONFIG_VARIABLE);
        return named != null
                ? Path.of(named)
                : Path.of(environment.getOrDefault("FLINK_CONF_DIR", "flink-conf"), DEFAULT_FILE);
    }

    private static void require(List<UserError> problems) {
        if (!problems.isEmpty()) {
            throw problems.get(0);
        }
    }

    /** Asks for what the job with these settings does, and no more. */
    public static DatabaseCheck databaseCheck(Settings settings) {
        Set<DatabaseUse> uses = EnumSet.noneOf(DatabaseUse.class);
        if (settings.runs(Pipeline.METERING)) {
            uses.add(DatabaseUse.METERING);
        }
        if (settings.runs(Pipeline.REPORTING)) {
            uses.add(DatabaseUse.REPORTING);
            if (settings.reconcile().enabled()) {
                uses.add(DatabaseUse.RECONCILING);
            }
        }
        return DatabaseCheck.toRun(settings.database(), uses);
    }

    private static void buildMetering(StreamExecutionEnvironment env, Settings settings) {
        IngestSettings ingest = settings.ingest();
        IntakeHistory history = new IntakeHistory(settings.database(), ingest.topic(), !ingest.trustCreateTime());
        StartingPoint start = ColdStart.find(ingest, history::hasMoreThan);
        MeteringPipeline.of(settings, start, catchUpToMillis(ingest, history)).build(env);
    }

    /** What a former job has counted was stored before its end. Only a real clock's watermark is sure to get there. */
    private static long catchUpToMillis(IngestSettings ingest, IntakeHistory history) {
        OptionalLong countedUntil = ingest.trustCreateTime() ? OptionalLong.empty() : history.countedUntilMillis();
        return countedUntil.isPresent()
                ? countedUntil.getAsLong() - ingest.closeDelay().toMillis()
                : MeteringPipeline.NO_FORMER_JOB;
    }
}
