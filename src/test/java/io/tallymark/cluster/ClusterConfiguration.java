package io.tallymark.cluster;

import io.tallymark.embedded.ListenPort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ConfigurationUtils;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.MetricOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;

/** The committed {@code flink-conf}, with free ports, metrics, directories of the test, less memory and quicker checkpoints. */
public final class ClusterConfiguration {
    private static final Path COMMITTED = Path.of("flink-conf");
    private static final Duration CHECKPOINT_INTERVAL = Duration.ofSeconds(1);

    /** One for each process: each takes the first that is free. */
    private static final String METRICS_PORT = "metrics.reporter.prometheus.port";

    private ClusterConfiguration() {}

    static List<Integer> metricsPorts(Configuration settings) {
        return Stream.of(settings.getString(METRICS_PORT, "").split(","))
                .map(Integer::valueOf)
                .toList();
    }

    /** Writes a conf directory. */
    public static Configuration write(Path conf, Path state) throws IOException {
        Configuration settings = GlobalConfiguration.loadConfiguration(COMMITTED.toString());
        settings.set(RestOptions.PORT, ListenPort.free().resolve());
        settings.set(JobManagerOptions.PORT, ListenPort.free().resolve());
        settings.set(MetricOptions.REPORTERS_LIST, "prometheus");
        settings.setString(
                METRICS_PORT,
                ListenPort.free().resolve() + "," + ListenPort.free().resolve());
        settings.set(TaskManagerOptions.TASK_HEAP_MEMORY, MemorySize.ofMebiBytes(256));
        settings.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(128));
        settings.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, CHECKPOINT_INTERVAL);
        settings.set(CheckpointingOptions.MIN_PAUSE_BETWEEN_CHECKPOINTS, Duration.ZERO);
        settings.set(
                CheckpointingOptions.CHECKPOINTS_DIRECTORY,
                state.resolve("checkpoints").toUri().toString());
        settings.removeConfig(CheckpointingOptions.SAVEPOINT_DIRECTORY);
        Files.createDirectories(conf);
        Files.write(conf.resolve("config.yaml"), ConfigurationUtils.convertConfigToWritableLines(settings, false));
        for (String file : List.of("log4j-console.properties", "log4j-cli.properties")) {
            Files.copy(COMMITTED.resolve(file), conf.resolve(file));
        }
        return settings;
    }
}
