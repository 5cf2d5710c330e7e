package io.tallymark.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;

/** What Tallymark is compared with has to be as good as Flink SQL can do. */
class SqlJobsTest {
    @Test
    void flinkDeduplicatesInMiniBatchesAndAddsUpInTwoPhasesWithoutStateAtTheSink() {
        RunPlan plan = WorkloadTest.plan();
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.getExecutionEnvironment(SqlJobs.settings(plan.maxLateness()));

        String explained = SqlJobs.explain(env, plan);

        assertThat(explained)
                .contains(
                        "MiniBatchAssigner",
                        "Deduplicate(keep=[FirstRow]",
                        "LocalWindowAggregate",
                        "GlobalWindowAggregate")
                // Only what is asked for is parsed, and watermarks are of each partition.
                .contains("watermark=[-(time", "watermarkEmitStrategy")
                .doesNotContain("upsertMaterialize", "ChangelogNormalize");
    }
}
