package io.tallymark.soak;

import com.fasterxml.jackson.databind.JsonNode;
import io.tallymark.chaos.JobManagerApi;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What Flink's REST API tells of the job: checkpoints since the last look, and metrics over all subtasks. On a machine that stands still
 * for some seconds it may not answer in time; then there is no reading.
 */
final class FlinkFigures {
    private static final double MEBIBYTE = 1 << 20;

    private final JobManagerApi api;
    private final String job;
    private long newestCheckpoint;
    private double failedBefore = Double.NaN;

    FlinkFigures(JobManagerApi api, String job) {
        this.api = api;
        this.job = job;
    }

    /**
     * Checkpoints that ended well since the last look.
     *
     * @param mebibytes all that the newest consists of
     * @param millis median duration
     * @param failed since the first look: while tasks start, none can be taken
     */
    record Checkpoints(List<Double> mebibytes, double millis, double failed) {}

    Optional<Checkpoints> checkpoints() throws InterruptedException {
        return api.get("/jobs/" + job + "/checkpoints").map(this::checkpoints);
    }

    private Checkpoints checkpoints(JsonNode all) {
        List<Double> sizes = new ArrayList<>();
        List<Double> durations = new ArrayList<>();
        long newest = newestCheckpoint;
        for (JsonNode checkpoint : all.path("history")) {
            long id = checkpoint.path("id").asLong();
            if (id > newestCheckpoint && checkpoint.path("status").asText().equals("COMPLETED")) {
                durations.add(checkpoint.path("end_to_end_duration").asDouble());
                sizes.add(checkpoint.path("state_size").asDouble() / MEBIBYTE);
                newest = Math.max(newest, id);
            }
        }
        newestCheckpoint = newest;
        double failed = all.path("counts").path("failed").asDouble();
        failedBefore = Double.isNaN(failedBefore) ? failed : failedBefore;
        return new Checkpoints(sizes, Trend.median(durations), failed - failedBefore);
    }

    /** How often the job was started anew. */
    OptionalDouble restarts() throws InterruptedException {
        return number(api.get("/jobs/" + job + "/metrics?get=numRestarts"), "value");
    }

    /** A metric of an operator, over its subtasks by {@code sum} or {@code max}. */
    OptionalDouble metric(String name, String over) throws InterruptedException {
        for (JsonNode vertex : list(api.get("/jobs/" + job).map(answer -> answer.path("vertices")))) {
            String metrics = "/jobs/" + job + "/vertices/" + vertex.path("id").asText() + "/subtasks/metrics";
            for (JsonNode metric : list(api.get(metrics))) {
                String id = metric.path("id").asText();
                if (id.endsWith("." + name)) {
                    String question = "?get=" + URLEncoder.encode(id, StandardCharsets.UTF_8) + "&agg=" + over;
                    return number(api.get(metrics + question), over);
                }
            }
        }
        return OptionalDouble.empty();
    }

    private static Iterable<JsonNode> list(Optional<JsonNode> answer) {
        return answer.map(present -> (Iterable<JsonNode>) present).orElse(List.of());
    }

    private static OptionalDouble number(Optional<JsonNode> answer, String key) {
        return answer.map(present -> present.path(0).path(key))
                .filter(value -> !value.isMissingNode())
                .map(value -> OptionalDouble.of(value.asDouble()))
                .orElse(OptionalDouble.empty());
    }
}
