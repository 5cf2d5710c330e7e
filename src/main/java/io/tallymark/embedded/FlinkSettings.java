package io.tallymark.embedded;

import java.nio.file.Path;
import java.time.Duration;
import org.apache.flink.configuration.BlobServerOptions;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ClusterOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.WebOptions;

/** The cluster's settings: loopback addresses, all files under one directory, RocksDB with incremental checkpoints, patient restarts. */
final class FlinkSettings {
    private static final Duration FIRST_BACKOFF = Duration.ofMillis(500);
    private static final Duration MAX_BACKOFF = Duration.ofSeconds(10);
    private static final Duration STABLE_AFTER = Duration.ofMinutes(1);
    private static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(10);

    private FlinkSettings() {}

    static Configuration of(Path directory, int webPort) {
        Configuration settings = new Configuration();
        putAddresses(settings, webPort);
        putDirectories(settings, directory);
        putCheckpoints(settings, directory);
        putRestarts(settings);
        return settings;
    }

    private static void putAddresses(Configuration settings, int webPort) {
        settings.set(RestOptions.ADDRESS, ListenPort.LOOPBACK);
        settings.set(RestOptions.BIND_ADDRESS, ListenPort.LOOPBACK);
        settings.set(RestOptions.PORT, webPort);
        settings.set(RestOptions.BIND_PORT, Integer.toString(webPort));
        settings.set(JobManagerOptions.BIND_HOST, ListenPort.LOOPBACK);
        settings.set(TaskManagerOptions.HOST, ListenPort.LOOPBACK);
        settings.set(TaskManagerOptions.BIND_HOST, ListenPort.LOOPBACK);
        // The dashboard shows and cancels; new code comes from this process only.
        settings.set(WebOptions.SUBMIT_ENABLE, false);
    }

    private static void putDirectories(Configuration settings, Path directory) {
        settings.set(CoreOptions.TMP_DIRS, directory.resolve("tmp").toString());
        settings.set(WebOptions.TMP_DIR, directory.resolve("web").toString());
        settings.set(
                BlobServerOptions.STORAGE_DIRECTORY, directory.resolve("blobs").toString());
        settings.set(
                ClusterOptions.PROCESS_WORKING_DIR_BASE,
                directory.resolve("process").toString());
    }

    private static void putCheckpoints(Configuration settings, Path directory) {
        settings.set(StateBackendOptions.STATE_BACKEND, "rocksdb");
        settings.set(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, true);
        settings.set(
                CheckpointingOptions.CHECKPOINTS_DIRECTORY,
                directory.resolve("checkpoints").toUri().toString());
        settings.set(
                CheckpointingOptions.SAVEPOINT_DIRECTORY,
                directory.resolve("savepoints").toUri().toString());
    }

    private static void putRestarts(Configuration settings) {
        settings.set(RestartStrategyOptions.RESTART_STRATEGY, "exponential-delay");
        settings.set(RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_INITIAL_BACKOFF, FIRST_BACKOFF);
        settings.set(RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_MAX_BACKOFF, MAX_BACKOFF);
        settings.set(RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_RESET_BACKOFF_THRESHOLD, STABLE_AFTER);
        settings.set(ClusterOptions.CLUSTER_SERVICES_SHUTDOWN_TIMEOUT, SHUTDOWN_TIMEOUT);
    }
}
