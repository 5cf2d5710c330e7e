package io.tallymark.chaos;

import io.tallymark.cluster.ClusterConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ClusterOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ConfigurationUtils;
import org.apache.flink.configuration.HeartbeatManagerOptions;
import org.apache.flink.configuration.MetricOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.TaskManagerOptions;

/**
 * The committed {@code flink-conf} with less patience: a lost part is noticed, and tried again, within seconds instead of a minute. So a
 * run has many faults; what Flink does about each is the same.
 */
final class FlinkConf {
    /** Silence after which a JobManager and a TaskManager take each other for dead. */
    static final Duration HEARTBEAT_TIMEOUT = Duration.ofSeconds(5);

    private static final Duration HEARTBEAT = Duration.ofSeconds(1);
    private static final Duration FIRST_BACKOFF = Duration.ofMillis(500);
    private static final Duration MAX_BACKOFF = Duration.ofSeconds(3);
    private static final Duration CHECKPOINT_TIMEOUT = Duration.ofSeconds(20);
    private static final Duration REGISTRATION_BACKOFF = Duration.ofSeconds(1);

    private FlinkConf() {}

    static Configuration write(Path conf, Path state) throws IOException {
        Configuration settings = ClusterConfiguration.write(conf, state);
        settings.set(MetricOptions.REPORTERS_LIST, "none");
        settings.set(HeartbeatManagerOptions.HEARTBEAT_INTERVAL, HEARTBEAT);
        settings.set(HeartbeatManagerOptions.HEARTBEAT_TIMEOUT, HEARTBEAT_TIMEOUT);
        settings.set(RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_INITIAL_BACKOFF, FIRST_BACKOFF);
        settings.set(RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_MAX_BACKOFF, MAX_BACKOFF);
        settings.set(CheckpointingOptions.CHECKPOINTING_TIMEOUT, CHECKPOINT_TIMEOUT);
        settings.set(ClusterOptions.ERROR_REGISTRATION_DELAY, REGISTRATION_BACKOFF);
        settings.set(ClusterOptions.REFUSED_REGISTRATION_DELAY, REGISTRATION_BACKOFF);
        settings.set(ClusterOptions.MAX_REGISTRATION_TIMEOUT, REGISTRATION_BACKOFF.multipliedBy(2));
        // Both have work, so that each of their deaths hits some.
        settings.set(
                TaskManagerOptions.TASK_MANAGER_LOAD_BALANCE_MODE, TaskManagerOptions.TaskManagerLoadBalanceMode.SLOTS);
        Files.write(conf.resolve("config.yaml"), ConfigurationUtils.convertConfigToWritableLines(settings, false));
        return settings;
    }
}
