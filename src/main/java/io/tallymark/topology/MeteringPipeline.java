package io.tallymark.topology;

import io.tallymark.aggregate.AggregateSettings;
import io.tallymark.aggregate.SplitByMeter;
import io.tallymark.aggregate.SumHours;
import io.tallymark.config.Settings;
import io.tallymark.deadletter.DeadLetterSink;
import io.tallymark.dedup.DropDuplicates;
import io.tallymark.dedup.EventIdentity;
import io.tallymark.ingest.Ingested;
import io.tallymark.ingest.SortOutRejects;
import io.tallymark.ingest.UsageEventSource;
import io.tallymark.table.UsageTable;
import io.tallymark.usage.Contribution;
import io.tallymark.usage.HourlyTotal;
import io.tallymark.usage.Rejection;
import io.tallymark.usage.UsageEvent;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * From records to hourly totals. Source and sinks come in from outside, so that tests drive the same graph.
 *
 * @param source one element for each record
 * @param watermarks append-time watermarks of each partition
 * @param deadLetters takes what cannot be counted
 * @param usageTable takes whole totals, at least once
 * @param settings lateness and the rules of the meters
 */
public record MeteringPipeline(
        Source<Ingested, ?, ?> source,
        WatermarkStrategy<Ingested> watermarks,
        Sink<Rejection> deadLetters,
        Sink<HourlyTotal> usageTable,
        AggregateSettings settings) {

    /** The pipeline on the real parts: Kafka and Postgres. */
    public static MeteringPipeline of(Settings settings) {
        return new MeteringPipeline(
                UsageEventSource.source(settings.ingest()),
                UsageEventSource.watermarks(settings.ingest()),
                DeadLetterSink.sink(settings.deadLetters()),
                UsageTable.sink(settings.database()),
                settings.aggregate());
    }

    /** Adds the pipeline to a job. */
    public void build(StreamExecutionEnvironment env) {
        SingleOutputStreamOperator<UsageEvent> accepted = OperatorId.SORT_OUT_REJECTS.on(OperatorId.READ_USAGE_EVENTS
                .on(env.fromSource(source, watermarks, OperatorId.READ_USAGE_EVENTS.uid()))
                .process(new SortOutRejects()));

        OperatorId.WRITE_DEAD_LETTERS.on(
                accepted.getSideOutput(SortOutRejects.REJECTIONS).sinkTo(deadLetters));

        SingleOutputStreamOperator<UsageEvent> counted = OperatorId.DROP_DUPLICATES.on(
                accepted.keyBy(new EventIdentity()).process(new DropDuplicates(settings.maxLateness())));

        SingleOutputStreamOperator<Contribution> contributions =
                OperatorId.SPLIT_BY_METER.on(counted.flatMap(new SplitByMeter()));

        SingleOutputStreamOperator<HourlyTotal> totals =
                OperatorId.SUM_HOURS.on(contributions.keyBy(Contribution::key).process(new SumHours(settings)));

        // By customer, so that two writers never wait for each other's rows in the ledger's queue.
        OperatorId.WRITE_USAGE_TABLE.on(
                totals.keyBy(total -> total.key().customerId()).sinkTo(usageTable));
    }
}
