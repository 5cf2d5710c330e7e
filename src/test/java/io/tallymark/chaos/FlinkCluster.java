package io.tallymark.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.RestOptions;

/**
 * A cluster that runs the job and nothing else (Flink's application mode), with TaskManagers of two slots each, and its operator:
 * {@link #tend} starts again what has died. Flink has no high availability on files alone, so a new JobManager knows nothing of the old
 * one's job; as docs/deployment.md says, it is given the newest checkpoint that was kept.
 */
public final class FlinkCluster implements AutoCloseable {
    private static final String FLINK_LIB = Path.of(System.getProperty("tallymark.flink-lib", "target/flink/lib"), "*")
            .toAbsolutePath()
            .toString();
    private static final Path JOB_JAR = Path.of(System.getProperty("tallymark.job-jar", "target/tallymark-job.jar"))
            .toAbsolutePath();
    private static final Duration STOPPED_WITHIN = Duration.ofSeconds(60);

    private final Path directory;
    private final Path conf;
    private final Configuration settings;
    private final ChaosProcess jobManager;
    private final List<ChaosProcess> taskManagers = new ArrayList<>();
    private final Resumption resumption;
    private int parallelism = 2;

    /** @param tallymark the job's tallymark.yaml */
    public FlinkCluster(Path directory, Path tallymark, int taskManagerCount) throws IOException {
        this.directory = Files.createDirectories(directory);
        this.conf = directory.resolve("conf");
        Path state = directory.resolve("state");
        this.settings = FlinkConf.write(conf, state);
        this.resumption = new Resumption(new KeptState(Files.createDirectories(state)));
        Map<String, String> environment = Map.of(
                "FLINK_CONF_DIR", conf.toString(),
                "TALLYMARK_CONFIG", tallymark.toString(),
                "STRIPE_API_KEY", "sk_test_chaos");
        this.jobManager = new ChaosProcess(directory.resolve("jobmanager"), environment);
        for (int number = 0; number < taskManagerCount; number++) {
            taskManagers.add(new ChaosProcess(directory.resolve("taskmanager-" + number), environment));
        }
    }

    public ChaosProcess jobManager() {
        return jobManager;
    }

    public ChaosProcess taskManager(int number) {
        return taskManagers.get(number);
    }

    public int size() {
        return taskManagers.size();
    }

    /** Whether all tasks of the job run. */
    boolean isRunning() throws InterruptedException {
        return api().runningJob().isPresent();
    }

    /** Whether the JobManager believes in all TaskManagers. */
    boolean isComplete() throws InterruptedException {
        return api().taskManagers() == size();
    }

    /** All of its processes that are alive. */
    List<ChaosProcess> alive() {
        List<ChaosProcess> all = new ArrayList<>(taskManagers);
        all.add(jobManager);
        return all.stream().filter(ChaosProcess::isAlive).toList();
    }

    public JobManagerApi api() {
        return new JobManagerApi(settings.get(RestOptions.PORT));
    }

    /** Starts what is dead, as a supervisor does. */
    public void tend() throws IOException {
        if (!jobManager.isAlive()) {
            startJobManager();
        }
        for (int number = 0; number < taskManagers.size(); number++) {
            if (!taskManagers.get(number).isAlive()) {
                startTaskManager(number);
            }
        }
    }

    /**
     * Stops the job with a savepoint and resumes it with another parallelism. When something else goes wrong at the same time the job
     * may go on instead, as it was.
     *
     * @return whether it was stopped
     */
    boolean rescale(int newParallelism) throws IOException, InterruptedException {
        Optional<String> job = api().runningJob();
        Optional<String> request = job.isEmpty()
                ? Optional.empty()
                : api().stop(job.get(), directory.resolve("state/savepoints").toUri());
        if (request.isEmpty() || !hasStopped(job.get(), request.get())) {
            return false;
        }
        parallelism = newParallelism;
        tend();
        return true;
    }

    /** How its processes fare, and what they said last, for messages. */
    public String summary() throws IOException {
        StringBuilder text = new StringBuilder(jobManager.summary());
        for (ChaosProcess taskManager : taskManagers) {
            text.append("\n").append(taskManager.summary());
        }
        return text.toString();
    }

    /** What was said last, for messages. */
    public String tails() throws IOException {
        StringBuilder text = new StringBuilder(jobManager.tail());
        for (ChaosProcess taskManager : taskManagers) {
            text.append("\n\n").append(taskManager.tail());
        }
        return text.toString();
    }

    @Override
    public void close() {
        jobManager.close();
        taskManagers.forEach(ChaosProcess::close);
    }

    private boolean hasStopped(String job, String request) throws InterruptedException {
        long deadline = System.nanoTime() + STOPPED_WITHIN.toNanos();
        while (jobManager.isAlive()) {
            if (api().stopStatus(job, request).endsWith("FAILED") || System.nanoTime() > deadline) {
                return false;
            }
            Pause.of(Pause.POLL);
        }
        return true;
    }

    private void startJobManager() throws IOException {
        List<String> arguments = new ArrayList<>(List.of(
                "-c",
                conf.toString(),
                "-Dparallelism.default=" + parallelism,
                // Else Flink copies the jar to /opt/flink/artifacts, and takes any of that name that it finds there.
                "-Duser.artifacts.base-dir=" + JOB_JAR.getParent(),
                "--jars",
                JOB_JAR.toString(),
                "--job-classname",
                "io.tallymark.TallymarkJob"));
        resumption
                .next()
                .ifPresent(state -> arguments.addAll(
                        List.of("--fromSavepoint", state.toUri().toString())));
        jobManager.start(jvm(
                "jobmanager",
                "org.apache.flink.container.entrypoint.StandaloneApplicationClusterEntryPoint",
                arguments));
    }

    private void startTaskManager(int number) throws IOException {
        taskManagers
                .get(number)
                .start(jvm(
                        "taskmanager-" + number,
                        "org.apache.flink.runtime.taskexecutor.TaskManagerRunner",
                        List.of("-c", conf.toString())));
    }

    private List<String> jvm(String name, String mainClass, List<String> arguments) throws IOException {
        Path temporary = Files.createDirectories(directory.resolve("tmp").resolve(name));
        List<String> command = new ArrayList<>(
                List.of(settings.get(CoreOptions.FLINK_JVM_OPTIONS).split("\\s+")));
        command.addAll(List.of(
                "-Xmx448m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Djava.io.tmpdir=" + temporary,
                "-Dlog4j.configurationFile="
                        + conf.resolve("log4j-console.properties").toUri(),
                "-cp",
                FLINK_LIB,
                mainClass));
        command.addAll(arguments);
        return ChaosProcess.java(command);
    }
}
