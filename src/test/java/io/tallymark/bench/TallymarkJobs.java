package io.tallymark.bench;

import io.tallymark.TallymarkJob;
import io.tallymark.config.DurationText;
import io.tallymark.config.SettingsLoader;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Tallymark's metering as it ships, by its own configuration file. */
final class TallymarkJobs {
    static final String METRIC = "llm_tokens";

    private TallymarkJobs() {}

    static void add(StreamExecutionEnvironment env, RunPlan plan) {
        TallymarkJob.build(env, SettingsLoader.fromText("bench", yaml(plan)));
    }

    /** Everything that is not said has the product's default. */
    static String yaml(RunPlan plan) {
        return """
                pipelines: [metering]
                kafka:
                  bootstrap-servers: "%s"
                  topic: %s
                  dead-letter-topic: %s
                  trust-create-time: true
                  properties: {%s: %s}
                postgres: {url: "%s", user: "%s"}
                metering: {max-lateness: %s, early-results: %s}
                meters:
                  - metric: %s
                    event-type: llm.completion
                    aggregation: sum
                    value: data.tokens
                    dimensions: [data.model]
                """.formatted(
                        plan.bootstrapServers(),
                        plan.topic(),
                        RunPlan.DEAD_LETTERS,
                        FetchedRecords.PROPERTY,
                        FetchedRecords.class.getName(),
                        plan.databaseUrl(),
                        plan.databaseUser(),
                        DurationText.print(plan.maxLateness()),
                        DurationText.print(plan.size().earlyResults()),
                        METRIC);
    }
}
