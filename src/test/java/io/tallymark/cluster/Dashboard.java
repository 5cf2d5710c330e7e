package io.tallymark.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.embedded.ListenPort;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Runs jars as Flink's dashboard does: {@code main} runs in the JobManager. */
final class Dashboard {
    private static final String BOUNDARY = "end-of-jar";
    private static final Pattern JAR = Pattern.compile("\"filename\":\"[^\"]*/([^/\"]+)\"");
    private static final Pattern JOB = Pattern.compile("\"jobid\":\"([0-9a-f]{32})\"");

    private final HttpClient http = HttpClient.newHttpClient();
    private final URI base;

    Dashboard(int port) {
        base = URI.create("http://" + ListenPort.LOOPBACK + ":" + port);
    }

    /** Uploads a jar; returns its id. */
    String upload(Path jar) throws IOException, InterruptedException {
        BodyPublisher body = BodyPublishers.concat(
                BodyPublishers.ofString("--" + BOUNDARY + "\r\n"
                        + "Content-Disposition: form-data; name=\"jarfile\"; filename=\"job.jar\"\r\n"
                        + "Content-Type: application/x-java-archive\r\n\r\n"),
                BodyPublishers.ofFile(jar),
                BodyPublishers.ofString("\r\n--" + BOUNDARY + "--\r\n"));
        return answered("/jars/upload", "multipart/form-data; boundary=" + BOUNDARY, body, JAR);
    }

    /** Runs an uploaded jar; returns the job's id. */
    String run(String jar, Path config) throws IOException, InterruptedException {
        String arguments = "{\"programArgsList\": [\"--config\", \"" + config + "\"]}";
        return answered("/jars/" + jar + "/run", "application/json", BodyPublishers.ofString(arguments), JOB);
    }

    private String answered(String path, String contentType, BodyPublisher body, Pattern pattern)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(base.resolve(path))
                .header("Content-Type", contentType)
                .POST(body)
                .build();
        String answer = http.send(request, BodyHandlers.ofString()).body();
        Matcher matcher = pattern.matcher(answer);
        assertThat(matcher.find()).as("answer of %s: %s", path, answer).isTrue();
        return matcher.group(1);
    }
}
