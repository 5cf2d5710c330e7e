package io.tallymark.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.OptionalLong;
import org.apache.flink.api.common.JobID;

/** Asks Flink's REST interface for the newest checkpoint. */
final class LastCheckpoint {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final HttpClient client = HttpClient.newHttpClient();
    private final URI address;

    LastCheckpoint(URI flink, JobID job) {
        this.address = flink.resolve("/jobs/" + job + "/checkpoints");
    }

    /** All that the newest checkpoint consists of, in bytes, if it was begun after that time; parts of earlier ones that it shares count. */
    OptionalLong bytesIfBegunAfter(long epochMillis) throws IOException, InterruptedException {
        HttpResponse<String> response =
                client.send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());
        JsonNode completed = JSON.readTree(response.body()).path("latest").path("completed");
        return completed.path("trigger_timestamp").asLong() > epochMillis
                ? OptionalLong.of(completed.path("state_size").asLong())
                : OptionalLong.empty();
    }
}
