package io.tallymark.proof;

import static org.awaitility.Awaitility.await;

import io.tallymark.TallymarkJob;
import io.tallymark.config.Settings;
import io.tallymark.embedded.EmbeddedFlink;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** The job of both pipelines: it is lost, stopped, cancelled, and started again from any of its states. */
final class ProofJob implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofMinutes(2);
    private static final String METADATA = "_metadata";

    private final ProofStack stack;
    private final Settings settings;
    private final ProofDatabase database;
    private final List<String> savepoints = new ArrayList<>();
    private Optional<JobID> running = Optional.empty();
    private Optional<Path> lastCheckpoint = Optional.empty();

    ProofJob(ProofStack stack, Settings settings, ProofDatabase database) {
        this.stack = stack;
        this.settings = settings;
        this.database = database;
    }

    void startFromNothing(int parallelism) throws Exception {
        start(new Configuration(), parallelism);
    }

    /** From where it was cancelled. */
    void startFromCheckpoint(int parallelism) throws Exception {
        start(EmbeddedFlink.from(lastCheckpoint.orElseThrow().toUri().toString()), parallelism);
    }

    /** From the savepoint of that age: 0 is the newest. */
    void startFromSavepoint(int age, int parallelism) throws Exception {
        start(EmbeddedFlink.from(savepoints.get(savepoints.size() - 1 - age)), parallelism);
    }

    int savepoints() {
        return savepoints.size();
    }

    void stopWithSavepoint() throws Exception {
        awaitCheckpoint();
        savepoints.add(stack.flink().stopWithSavepoint(running.orElseThrow()));
        awaitEnd();
    }

    /** Ends it at once; calls in flight are left to themselves. */
    void cancel() {
        JobID ended = running.orElseThrow();
        stack.flink().cancel(ended);
        awaitEnd();
        lastCheckpoint = newestCheckpoint(ended);
    }

    void loseTaskManager() throws Exception {
        stack.flink().loseTaskManager();
    }

    /** Waits until all its tasks have made a checkpoint from now on; a restored job writes once what the checkpoint before it left. */
    void awaitCheckpoint() throws Exception {
        long before = database.lastCheckpointMicros();
        await().atMost(DEADLINE)
                .pollInterval(Waiting.POLL)
                .failFast("the job ended", () -> stack.flink().status(running.orElseThrow()) == JobStatus.FAILED)
                .until(() -> database.lastCheckpointMicros() > before
                        && newestCheckpoint(running.orElseThrow()).isPresent());
    }

    @Override
    public void close() {
        if (running.isPresent()) {
            cancel();
        }
    }

    private void start(Configuration job, int parallelism) throws Exception {
        job.set(CoreOptions.DEFAULT_PARALLELISM, parallelism);
        StreamExecutionEnvironment env = stack.flink().environment(job);
        TallymarkJob.build(env, settings);
        running = Optional.of(env.executeAsync("reporting proof").getJobID());
    }

    private void awaitEnd() {
        JobID ended = running.orElseThrow();
        await().atMost(DEADLINE)
                .pollInterval(Waiting.POLL)
                .until(() -> stack.flink().status(ended).isGloballyTerminalState());
        running = Optional.empty();
    }

    private Optional<Path> newestCheckpoint(JobID job) {
        Path directory = stack.checkpoints().resolve(job.toHexString());
        if (Files.notExists(directory)) {
            return Optional.empty();
        }
        try (Stream<Path> checkpoints = Files.list(directory)) {
            return checkpoints
                    .filter(checkpoint -> Files.exists(checkpoint.resolve(METADATA)))
                    .max(Comparator.comparingLong(ProofJob::number));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long number(Path checkpoint) {
        return Long.parseLong(checkpoint.getFileName().toString().replace("chk-", ""));
    }
}
