package io.tallymark.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Optional;
import org.apache.flink.api.common.JobID;

/** What Flink's REST interface tells of a job. */
final class JobView {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final HttpClient client = HttpClient.newHttpClient();
    private final URI flink;
    private final JobID job;

    JobView(URI flink, JobID job) {
        this.flink = flink;
        this.job = job;
    }

    /**
     * A checkpoint that ended well.
     *
     * @param path where it is
     * @param figures all that it consists of, and what all checkpoints until then have uploaded
     */
    record Checkpoint(String path, StateFigures figures) {}

    /** The newest checkpoint, if it was begun after that time. */
    Optional<Checkpoint> checkpointBegunAfter(long epochMillis) throws IOException, InterruptedException {
        JsonNode all = ask("/checkpoints");
        JsonNode newest = all.path("latest").path("completed");
        if (newest.path("trigger_timestamp").asLong() <= epochMillis) {
            return Optional.empty();
        }
        long uploaded =
                all.path("summary").path("checkpointed_size").path("avg").asLong()
                        * all.path("counts").path("completed").asLong();
        return Optional.of(new Checkpoint(
                newest.path("external_path").asText(),
                new StateFigures(newest.path("state_size").asLong(), uploaded, RunFigures.UNKNOWN)));
    }

    /** Whether every task has its state and processes records. */
    boolean processes() throws IOException, InterruptedException {
        boolean processes = false;
        for (JsonNode vertex : ask("").path("vertices")) {
            if (vertex.path("tasks").path("RUNNING").asInt()
                    < vertex.path("parallelism").asInt()) {
                return false;
            }
            processes = true;
        }
        return processes;
    }

    private JsonNode ask(String what) throws IOException, InterruptedException {
        HttpResponse<String> response = client.send(
                HttpRequest.newBuilder(flink.resolve("/jobs/" + job + what)).build(),
                HttpResponse.BodyHandlers.ofString());
        return JSON.readTree(response.body());
    }
}
