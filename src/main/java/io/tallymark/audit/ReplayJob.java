package io.tallymark.audit;

import io.tallymark.topology.CountReplayed;
import io.tallymark.topology.JobGuarantees;
import io.tallymark.topology.ReplayPipeline;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongConsumer;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.configuration.BlobServerOptions;
import org.apache.flink.configuration.ClusterOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.HeartbeatManagerOptions;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One replay as a Flink job inside this process. It takes no checkpoints and is not restarted: a replay that failed is run again, and what
 * it wrote is thrown away.
 */
final class ReplayJob implements AutoCloseable {
    private static final Duration PROGRESS = Duration.ofSeconds(2);
    private static final Duration END = Duration.ofSeconds(30);
    private static final String LOOPBACK = "127.0.0.1";
    private static final MemorySize STATE_CACHE = MemorySize.ofMebiBytes(256);

    private static final Logger LOG = LoggerFactory.getLogger(ReplayJob.class);

    private final JobClient job;

    ReplayJob(JobClient job) {
        this.job = job;
    }

    /**
     * Starts the job.
     *
     * @param directory for state; the caller removes it
     */
    static ReplayJob start(ReplayPipeline pipeline, Path directory) throws Exception {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(
                Runtime.getRuntime().availableProcessors(), settings(directory));
        JobGuarantees.apply(env);
        env.getCheckpointConfig().disableCheckpointing();
        pipeline.build(env);
        return new ReplayJob(env.executeAsync("tallymark-replay"));
    }

    /**
     * Waits for the end.
     *
     * @param progress told the number of records read, every few seconds
     * @return records read in all
     * @throws IllegalStateException when the job failed or was cancelled
     */
    long await(LongConsumer progress) throws InterruptedException {
        while (true) {
            try {
                JobExecutionResult result = job.getJobExecutionResult().get(PROGRESS.toMillis(), TimeUnit.MILLISECONDS);
                Long records = result.getAccumulatorResult(CountReplayed.RECORDS);
                return records == null ? 0 : records;
            } catch (TimeoutException e) {
                progress.accept(recordsRead());
            } catch (ExecutionException e) {
                throw new IllegalStateException("the replay job did not finish", e.getCause());
            }
        }
    }

    /** Cancels the job if it still runs, and waits until nothing of it writes any more. */
    @Override
    public void close() {
        CompletableFuture<Boolean> ended = job.getJobExecutionResult().handle((result, failure) -> true);
        try {
            if (!ended.isDone()) {
                cancel();
            }
            ended.get(END.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            throw new IllegalStateException("the replay job did not end in " + END.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the replay job ends", e);
        }
    }

    private void cancel() throws InterruptedException, ExecutionException, TimeoutException {
        try {
            job.cancel().get(END.toMillis(), TimeUnit.MILLISECONDS);
        } catch (IllegalStateException e) {
            LOG.debug("The replay job ended by itself, and its cluster with it", e);
        }
    }

    /** As of the worker's last heartbeat; 0 before the first. */
    private long recordsRead() throws InterruptedException {
        try {
            Object records = job.getAccumulators()
                    .get(PROGRESS.toMillis(), TimeUnit.MILLISECONDS)
                    .get(CountReplayed.RECORDS);
            return records instanceof Long count ? count : 0;
        } catch (ExecutionException | TimeoutException | IllegalStateException e) {
            // The job is just starting or just ending, and its cluster may be gone by now; the result will say.
            return 0;
        }
    }

    private static Configuration settings(Path directory) {
        Configuration settings = new Configuration();
        settings.set(RestOptions.ADDRESS, LOOPBACK);
        settings.set(RestOptions.BIND_ADDRESS, LOOPBACK);
        settings.set(JobManagerOptions.BIND_HOST, LOOPBACK);
        settings.set(TaskManagerOptions.HOST, LOOPBACK);
        settings.set(TaskManagerOptions.BIND_HOST, LOOPBACK);
        settings.set(CoreOptions.TMP_DIRS, directory.resolve("tmp").toString());
        settings.set(
                BlobServerOptions.STORAGE_DIRECTORY, directory.resolve("blobs").toString());
        settings.set(
                ClusterOptions.PROCESS_WORKING_DIR_BASE,
                directory.resolve("process").toString());
        // The ids of max-lateness are remembered here as they are in the cluster.
        settings.set(StateBackendOptions.STATE_BACKEND, "rocksdb");
        settings.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, STATE_CACHE);
        settings.set(RestartStrategyOptions.RESTART_STRATEGY, "disable");
        // Progress comes with the heartbeats.
        settings.set(HeartbeatManagerOptions.HEARTBEAT_INTERVAL, PROGRESS);
        return settings;
    }
}
