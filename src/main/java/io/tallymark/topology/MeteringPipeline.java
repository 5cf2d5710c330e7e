package io.tallymark.topology;

import io.tallymark.aggregate.AggregateSettings;
import io.tallymark.config.MeteringConfiguration;
import io.tallymark.config.Settings;
import io.tallymark.deadletter.DeadLetterSink;
import io.tallymark.dedup.DropDuplicates;
import io.tallymark.ingest.Ingested;
import io.tallymark.ingest.SortOutRejects;
import io.tallymark.ingest.StartingPoint;
import io.tallymark.ingest.UsageEventSource;
import io.tallymark.intake.BundleIntake;
import io.tallymark.intake.SumIntake;
import io.tallymark.table.IntakeTable;
import io.tallymark.table.ProgressTable;
import io.tallymark.table.UsageTable;
import io.tallymark.usage.HourlyTotal;
import io.tallymark.usage.IntakeEntry;
import io.tallymark.usage.IntakeKey;
import io.tallymark.usage.IntakeTally;
import io.tallymark.usage.MeteringProgress;
import io.tallymark.usage.Rejection;
import io.tallymark.usage.UsageEvent;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * From records to hourly totals and to the balance sheet. Source and sinks come in from outside, so that tests drive the same graph.
 *
 * @param source one element for each record
 * @param watermarks append-time watermarks of each partition
 * @param sinks where the results go
 * @param start the topic, and what a job without state sees whole of it
 * @param catchUpToMillis watermark until which no total is written, for a former job had counted as much; {@link #NO_FORMER_JOB}
 * @param settings lateness and the rules of the meters
 */
public record MeteringPipeline(
        Source<Ingested, ?, ?> source,
        WatermarkStrategy<Ingested> watermarks,
        Sinks sinks,
        StartingPoint start,
        long catchUpToMillis,
        AggregateSettings settings) {
    public static final long NO_FORMER_JOB = Long.MIN_VALUE;
    /** The balance sheet is small: one writer keeps its rows and the sign of life in step. */
    private static final int INTAKE_PARALLELISM = 1;

    /**
     * Where the results go.
     *
     * @param deadLetters takes what cannot be counted
     * @param usageTable takes whole totals, at least once
     * @param intakeTable takes whole rows of the balance sheet, at least once
     * @param progress takes one element with every checkpoint
     */
    public record Sinks(
            Sink<Rejection> deadLetters,
            Sink<HourlyTotal> usageTable,
            Sink<IntakeTally> intakeTable,
            Sink<MeteringProgress> progress) {}

    /** The pipeline on the real parts: Kafka and Postgres. */
    public static MeteringPipeline of(Settings settings, StartingPoint start, long catchUpToMillis) {
        return new MeteringPipeline(
                UsageEventSource.source(settings.ingest(), start),
                UsageEventSource.watermarks(settings.ingest()),
                new Sinks(
                        DeadLetterSink.sink(settings.deadLetters()),
                        UsageTable.sink(settings.database()),
                        IntakeTable.sink(settings.database()),
                        ProgressTable.sink(
                                settings.database(),
                                MeteringConfiguration.of(settings).json())),
                start,
                catchUpToMillis,
                settings.aggregate());
    }

    /** Adds the pipeline to a job. */
    public void build(StreamExecutionEnvironment env) {
        CountingStages stages =
                CountingStages.add(env, source, watermarks, new SortOutRejects(start), settings.maxLateness());
        SingleOutputStreamOperator<UsageEvent> accepted = stages.accepted();
        SingleOutputStreamOperator<UsageEvent> counted = stages.counted();

        OperatorId.WRITE_DEAD_LETTERS.on(accepted.getSideOutput(SortOutRejects.REJECTIONS)
                .union(counted.getSideOutput(DropDuplicates.REFUSED_VOIDS))
                .sinkTo(sinks.deadLetters()));

        SingleOutputStreamOperator<HourlyTotal> totals =
                CountingStages.sums(stages.contributions(), settings, catchUpToMillis);

        // By customer, so that two writers never wait for each other's rows in the ledger's queue.
        OperatorId.WRITE_USAGE_TABLE.on(
                totals.keyBy(total -> total.key().customerId()).sinkTo(sinks.usageTable()));

        buildBalanceSheet(
                bundled(OperatorId.BUNDLE_READS, accepted.getSideOutput(SortOutRejects.INTAKE)),
                bundled(OperatorId.BUNDLE_DECISIONS, counted.getSideOutput(DropDuplicates.INTAKE)));
    }

    private void buildBalanceSheet(DataStream<IntakeTally> reads, DataStream<IntakeTally> decisions) {
        SingleOutputStreamOperator<IntakeTally> rows = OperatorId.SUM_INTAKE
                .on(reads.union(decisions)
                        .keyBy(IntakeTally::key, TypeInformation.of(IntakeKey.class))
                        .transform(
                                OperatorId.SUM_INTAKE.uid(),
                                TypeInformation.of(IntakeTally.class),
                                new SumIntake(start.topic(), settings.maxLateness())))
                .setParallelism(INTAKE_PARALLELISM);

        OperatorId.WRITE_INTAKE_TABLE.on(rows.sinkTo(sinks.intakeTable())).setParallelism(INTAKE_PARALLELISM);
        OperatorId.WRITE_PROGRESS
                .on(rows.getSideOutput(SumIntake.PROGRESS).sinkTo(sinks.progress()))
                .setParallelism(INTAKE_PARALLELISM);
    }

    private static DataStream<IntakeTally> bundled(OperatorId id, DataStream<IntakeEntry> entries) {
        return id.on(entries.transform(id.uid(), TypeInformation.of(IntakeTally.class), new BundleIntake()));
    }
}
