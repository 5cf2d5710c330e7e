package io.tallymark.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tallymark.embedded.ListenPort;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;

/** The REST API of a JobManager that may be dead, frozen or not up yet: then the answer is none. */
public record JobManagerApi(int port) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration TIMEOUT = Duration.ofSeconds(3);
    private static final int ACCEPTED = 202;
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().connectTimeout(TIMEOUT).build();

    /** The job whose tasks all run. */
    public Optional<String> runningJob() throws InterruptedException {
        return get("/jobs/overview")
                .map(answer -> answer.path("jobs").path(0))
                .filter(job -> job.path("state").asText().equals("RUNNING")
                        && job.path("tasks").path("running").asInt()
                                == job.path("tasks").path("total").asInt())
                .map(job -> job.path("jid").asText());
    }

    /** How many TaskManagers it believes in. */
    int taskManagers() throws InterruptedException {
        return get("/overview")
                .map(answer -> answer.path("taskmanagers").asInt())
                .orElse(0);
    }

    /** How often the job was started anew by itself. */
    public long restarts(String job) throws InterruptedException {
        return get("/jobs/" + job + "/metrics?get=numRestarts")
                .map(answer -> answer.path(0).path("value").asLong())
                .orElse(0L);
    }

    /** Asks for a stop with a savepoint; the name of the request, if it was accepted. */
    Optional<String> stop(String job, URI directory) throws InterruptedException {
        String body = JSON.createObjectNode()
                .put("targetDirectory", directory.toString())
                .put("drain", false)
                .toString();
        HttpRequest request = request("/jobs/" + job + "/stop")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build();
        return send(request)
                .filter(answer -> answer.statusCode() == ACCEPTED)
                .map(HttpResponse::body)
                .flatMap(JobManagerApi::json)
                .map(answer -> answer.path("request-id").asText());
    }

    /** How a stop stands; a JobManager that ends with its job waits for this question. */
    String stopStatus(String job, String request) throws InterruptedException {
        return get("/jobs/" + job + "/savepoints/" + request)
                .map(answer -> answer.path("status").path("id").asText()
                        + (answer.path("operation").has("failure-cause") ? " FAILED" : ""))
                .orElse("");
    }

    public Optional<JsonNode> get(String path) throws InterruptedException {
        return send(request(path).build()).map(HttpResponse::body).flatMap(JobManagerApi::json);
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://" + ListenPort.LOOPBACK + ":" + port + path))
                .timeout(TIMEOUT);
    }

    private static Optional<HttpResponse<String>> send(HttpRequest request) throws InterruptedException {
        try {
            return Optional.of(CLIENT.send(request, BodyHandlers.ofString()));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Optional<JsonNode> json(String body) {
        try {
            return Optional.of(JSON.readTree(body));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
