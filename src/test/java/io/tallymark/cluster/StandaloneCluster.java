package io.tallymark.cluster;

import io.tallymark.embedded.ListenPort;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.RestOptions;
import org.awaitility.Awaitility;

/**
 * A session cluster as Flink's scripts start it: one JobManager and one TaskManager, each a process with nothing but Flink's own lib
 * directory on its class path. What is not in the job jar is therefore missing here as it would be in production.
 */
final class StandaloneCluster implements AutoCloseable {
    private static final String FLINK_LIB = Path.of(System.getProperty("tallymark.flink-lib", "target/flink/lib"), "*")
            .toAbsolutePath()
            .toString();
    private static final Duration STARTUP = Duration.ofSeconds(90);
    private static final Duration COMMAND = Duration.ofSeconds(90);

    private final Path directory;
    private final Path conf;
    private final Configuration settings;
    private final List<JavaProcess> processes = new ArrayList<>();

    private StandaloneCluster(Path directory) throws IOException {
        this.directory = directory;
        this.conf = directory.resolve("conf");
        this.settings = ClusterConfiguration.write(conf, directory.resolve("state"));
        Files.createDirectories(directory.resolve("tmp"));
    }

    /** Starts a cluster; its TaskManager has registered when this returns. */
    static StandaloneCluster start(Path directory) throws IOException {
        StandaloneCluster cluster = new StandaloneCluster(directory);
        try {
            cluster.startProcess(
                    "jobmanager", "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint");
            cluster.startProcess("taskmanager", "org.apache.flink.runtime.taskexecutor.TaskManagerRunner");
            Awaitility.await("TaskManager registered")
                    .atMost(STARTUP)
                    .ignoreExceptionsInstanceOf(IOException.class)
                    .until(() -> cluster.get("/overview").contains("\"taskmanagers\":1"));
            return cluster;
        } catch (RuntimeException | IOException e) {
            cluster.close();
            throw e;
        }
    }

    /** What the flink command printed, and how it ended. */
    record Answer(int exitCode, String output, String errors) {}

    /** Runs the flink command. */
    Answer flink(List<String> arguments) throws IOException, InterruptedException {
        List<String> command =
                jvm("256m", "log4j-cli.properties", "org.apache.flink.client.cli.CliFrontend", arguments);
        try (JavaProcess process = JavaProcess.start(directory, "client", environment(), command)) {
            int exitCode = process.exitCode(COMMAND);
            return new Answer(exitCode, process.output(), process.errors());
        }
    }

    /** Body of an answer of the REST API or the dashboard. */
    String get(String path) throws IOException, InterruptedException {
        return get(settings.get(RestOptions.PORT), path);
    }

    /** What Prometheus reads of both processes. */
    String metrics() throws IOException, InterruptedException {
        StringBuilder text = new StringBuilder();
        for (int port : ClusterConfiguration.metricsPorts(settings)) {
            text.append(get(port, "/metrics"));
        }
        return text.toString();
    }

    private static String get(int port, String path) throws IOException, InterruptedException {
        URI uri = URI.create("http://" + ListenPort.LOOPBACK + ":" + port + path);
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                .body();
    }

    /** Flink's dashboard, for jars. */
    Dashboard dashboard() {
        return new Dashboard(settings.get(RestOptions.PORT));
    }

    /** How many objects of a class are reachable in JobManager or TaskManager, whichever has more. */
    long mostInOneProcess(String className) throws IOException, InterruptedException {
        long most = 0;
        for (JavaProcess process : processes) {
            most = Math.max(most, process.reachable(className));
        }
        return most;
    }

    boolean isAlive() {
        return processes.stream().allMatch(JavaProcess::isAlive);
    }

    @Override
    public void close() {
        processes.forEach(JavaProcess::close);
    }

    private void startProcess(String name, String mainClass) throws IOException {
        List<String> arguments = jvm("512m", "log4j-console.properties", mainClass, List.of("-c", conf.toString()));
        processes.add(JavaProcess.start(directory, name, environment(), arguments));
    }

    private Map<String, String> environment() {
        return Map.of("FLINK_CONF_DIR", conf.toString());
    }

    private List<String> jvm(String heap, String log4j, String mainClass, List<String> arguments) {
        List<String> command = new ArrayList<>(
                List.of(settings.get(CoreOptions.FLINK_JVM_OPTIONS).split("\\s+")));
        command.addAll(List.of(
                "-Xmx" + heap,
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Djava.io.tmpdir=" + directory.resolve("tmp"),
                "-Dlog.file=" + directory.resolve("client.log"),
                "-Dlog4j.configurationFile=" + conf.resolve(log4j).toUri(),
                "-cp",
                FLINK_LIB,
                mainClass));
        command.addAll(arguments);
        return command;
    }
}
