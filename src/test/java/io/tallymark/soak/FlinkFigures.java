package io.tallymark.soak;

import com.fasterxml.jackson.databind.JsonNode;
import io.tallymark.chaos.JobManagerApi;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/** What Flink's REST API tells of the job: checkpoints since the last look, and our own metrics over all subtasks. */
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

    Checkpoints checkpoints() throws InterruptedException {
        JsonNode all = api.get("/jobs/" + job + "/checkpoints").orElseThrow();
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

    long restarts() throws InterruptedException {
        return api.restarts(job);
    }

    /** A metric of an operator, over its subtasks by {@code sum} or {@code max}; nothing before the first was told. */
    OptionalDouble metric(String name, String over) throws InterruptedException {
        for (JsonNode vertex : api.get("/jobs/" + job).orElseThrow().path("vertices")) {
            String metrics = "/jobs/" + job + "/vertices/" + vertex.path("id").asText() + "/subtasks/metrics";
            for (JsonNode metric : api.get(metrics).orElseThrow()) {
                String id = metric.path("id").asText();
                if (id.endsWith("." + name)) {
                    String question = "?get=" + URLEncoder.encode(id, StandardCharsets.UTF_8) + "&agg=" + over;
                    return OptionalDouble.of(api.get(metrics + question)
                            .orElseThrow()
                            .path(0)
                            .path(over)
                            .asDouble());
                }
            }
        }
        return OptionalDouble.empty();
    }
}
