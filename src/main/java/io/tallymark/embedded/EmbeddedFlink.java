package io.tallymark.embedded;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.executiongraph.ErrorInfo;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * A Flink session cluster in this process, with the web dashboard, RocksDB and checkpoints under the given directory, which the caller
 * removes. A TaskManager can be killed and replaced while jobs run.
 */
public final class EmbeddedFlink implements AutoCloseable {
    private static final int ANSWER_SECONDS = 60;

    private final MiniCluster cluster;
    private final URI webUi;
    private final Configuration overrides;
    private int oldestTaskManager;

    private EmbeddedFlink(MiniCluster cluster, URI webUi, Configuration overrides) {
        this.cluster = cluster;
        this.webUi = webUi;
        this.overrides = overrides;
    }

    /**
     * How many TaskManagers there are, and how many parallel pipelines fit into each.
     *
     * @param taskManagers at least 1
     * @param slotsPerTaskManager at least 1
     */
    public record Size(int taskManagers, int slotsPerTaskManager) {
        public Size {
            if (taskManagers < 1 || slotsPerTaskManager < 1) {
                throw new IllegalArgumentException("a cluster needs at least one TaskManager with one slot");
            }
        }
    }

    /**
     * Starts a cluster.
     *
     * @param overrides Flink settings that win over the embedded ones, of the cluster and of its jobs
     * @throws io.tallymark.usage.UserError when the given web port is taken
     */
    public static EmbeddedFlink start(Path directory, ListenPort webPort, Size size, Configuration overrides)
            throws Exception {
        Files.createDirectories(directory);
        Configuration settings = FlinkSettings.of(directory, webPort.resolve());
        settings.addAll(overrides);
        MiniCluster cluster = new MiniCluster(new MiniClusterConfiguration.Builder()
                .setConfiguration(settings)
                .setNumTaskManagers(size.taskManagers())
                .setNumSlotsPerTaskManager(size.slotsPerTaskManager())
                .build());
        cluster.start();
        return new EmbeddedFlink(cluster, await(cluster.getRestAddress()), overrides);
    }

    /** Address of the dashboard and of the REST API. */
    public URI webUi() {
        return webUi;
    }

    /** A new environment whose jobs run here; its code must be on this process's class path. */
    public StreamExecutionEnvironment environment() {
        return environment(new Configuration());
    }

    /** As {@link #environment()}, with settings of the job. */
    public StreamExecutionEnvironment environment(Configuration jobSettings) {
        // As the flink command does, which reads the cluster's configuration file: a job asks there for its checkpoint
        // interval.
        Configuration settings = new Configuration(overrides);
        settings.addAll(jobSettings);
        return StreamExecutionEnvironment.createRemoteEnvironment(webUi.getHost(), webUi.getPort(), settings);
    }

    public JobStatus status(JobID job) {
        return await(cluster.getJobStatus(job));
    }

    /** Asks a job to stop; it is done when {@link #status} says so. */
    public void cancel(JobID job) {
        await(cluster.cancelJob(job));
    }

    /**
     * Stops a job after a last checkpoint, without closing its running hours.
     *
     * @return path of the savepoint, for {@link #from}
     */
    public String stopWithSavepoint(JobID job) {
        return await(cluster.stopWithSavepoint(job, null, false, SavepointFormatType.CANONICAL));
    }

    /** Settings of a job that begins where a savepoint ends. */
    public static Configuration from(String savepoint) {
        Configuration settings = new Configuration();
        settings.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
        return settings;
    }

    /** The failures that a job has had so far, those that it recovered from included: the first line of each. */
    public List<String> failures(JobID job) {
        List<String> failures = new ArrayList<>();
        await(cluster.getExecutionGraphInfo(job))
                .getExceptionHistory()
                .forEach(failure -> failures.add(
                        failure.getExceptionAsString().lines().findFirst().orElse("no message")));
        return failures;
    }

    /** All that is known of what ended a job; empty when it has not failed. */
    public String failure(JobID job) {
        ErrorInfo failure = await(cluster.getExecutionGraphInfo(job))
                .getArchivedExecutionGraph()
                .getFailureInfo();
        return failure == null ? "" : failure.getExceptionAsString();
    }

    /** Kills the oldest TaskManager as a lost machine would be, and brings a new one up. */
    public void loseTaskManager() throws Exception {
        terminateTaskManager(oldestTaskManager++);
        startTaskManager();
    }

    /** Kills a TaskManager as a lost machine would be; indices count from 0 in order of start and are never used again. */
    public void terminateTaskManager(int index) {
        await(cluster.terminateTaskManager(index));
    }

    /** Starts one more TaskManager, with the next index. */
    public void startTaskManager() throws Exception {
        cluster.startTaskManager();
    }

    @Override
    public void close() {
        await(cluster.closeAsync());
    }

    private static <T> T await(CompletableFuture<T> answer) {
        try {
            return answer.get(ANSWER_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException("the embedded Flink cluster refused", e.getCause());
        } catch (TimeoutException e) {
            throw new IllegalStateException("the embedded Flink cluster gave no answer in " + ANSWER_SECONDS + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for the embedded Flink cluster", e);
        }
    }
}
