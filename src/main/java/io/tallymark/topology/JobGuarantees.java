package io.tallymark.topology;

import java.time.Duration;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** What every job must hold to, whatever the cluster's configuration says; the rest is left to {@code flink-conf/config.yaml}. */
public final class JobGuarantees {
    private static final Duration DEFAULT_CHECKPOINT_INTERVAL = Duration.ofSeconds(10);

    private JobGuarantees() {}

    public static void apply(StreamExecutionEnvironment env) {
        Configuration settings = new Configuration();
        // State is found by uid, and written by serializers that we chose: neither is left to chance.
        settings.set(PipelineOptions.AUTO_GENERATE_UIDS, false);
        settings.set(PipelineOptions.GENERIC_TYPES, false);
        // Our elements are immutable, so handing them on without a copy is safe.
        settings.set(PipelineOptions.OBJECT_REUSE, true);
        settings.set(CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE, CheckpointingMode.EXACTLY_ONCE);
        // The balance sheet is summed up in front of each barrier: what is read before it must not arrive behind it. An
        // unaligned barrier
        // overtakes records, and rows that do not add up would be written.
        settings.set(CheckpointingOptions.ENABLE_UNALIGNED, false);
        settings.set(
                CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
                ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
        env.configure(settings);
        if (!env.getCheckpointConfig().isCheckpointingEnabled()) {
            env.enableCheckpointing(DEFAULT_CHECKPOINT_INTERVAL.toMillis());
        }
    }
}
