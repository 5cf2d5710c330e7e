package io.tallymark.topology;

import io.tallymark.aggregate.AggregateSettings;
import io.tallymark.config.Settings;
import io.tallymark.ingest.BoundedUsageEvents;
import io.tallymark.ingest.Ingested;
import io.tallymark.ingest.SortOutRejects;
import io.tallymark.ingest.StartingPoint;
import io.tallymark.table.ReplayTable;
import io.tallymark.usage.Contribution;
import io.tallymark.usage.HourlyTotal;
import java.time.Duration;
import java.util.Map;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * From a part of the topic to the side table of replays: the stages of metering over records that were read before. The source ends; with
 * it comes the last watermark, which closes every hour, so that each total is written.
 *
 * @param source one element for each record; bounded
 * @param watermarks append-time watermarks of each partition
 * @param sink the side table
 * @param scope the totals that are wanted
 * @param topic name of the topic
 * @param settings lateness and the rules of the meters
 */
public record ReplayPipeline(
        Source<Ingested, ?, ?> source,
        WatermarkStrategy<Ingested> watermarks,
        Sink<HourlyTotal> sink,
        ReplayScope scope,
        String topic,
        AggregateSettings settings) {
    /** So late that only closed hours are written. */
    private static final Duration NO_EARLY_RESULTS = Duration.ofDays(365_000);

    /**
     * The pipeline on the real parts.
     *
     * @param spans what to read, by partition
     * @param replayId under which the totals are written
     */
    public static ReplayPipeline of(
            Settings settings, Map<Integer, BoundedUsageEvents.Span> spans, ReplayScope scope, long replayId) {
        return new ReplayPipeline(
                BoundedUsageEvents.source(settings.ingest(), spans),
                BoundedUsageEvents.watermarks(settings.ingest()),
                ReplayTable.sink(settings.database(), replayId),
                scope,
                settings.ingest().topic(),
                settings.aggregate());
    }

    /** Adds the pipeline to a job. */
    public void build(StreamExecutionEnvironment env) {
        CountingStages stages = CountingStages.add(env, source, watermarks, everyHourCovered(), settings.maxLateness());

        OperatorId.COUNT_REPLAYED.on(
                stages.accepted().getSideOutput(SortOutRejects.INTAKE).filter(new CountReplayed()));

        SingleOutputStreamOperator<Contribution> selected =
                OperatorId.SELECT_REPLAYED.on(stages.contributions().filter(scope));
        OperatorId.WRITE_REPLAY_TABLE.on(
                CountingStages.sums(selected, closedHoursOnly(), MeteringPipeline.NO_FORMER_JOB)
                        .sinkTo(sink));
    }

    /** A replay reads from before its first hour, and its launcher leaves out the hours for which the topic is too short. */
    private SortOutRejects everyHourCovered() {
        return new SortOutRejects(StartingPoint.ofWholeTopic(topic));
    }

    private AggregateSettings closedHoursOnly() {
        return new AggregateSettings(settings.maxLateness(), NO_EARLY_RESULTS, settings.aggregationByMetric());
    }
}
