package io.tallymark.topology;

import io.tallymark.aggregate.AddUpLocally;
import io.tallymark.aggregate.AggregateSettings;
import io.tallymark.aggregate.SplitByMeter;
import io.tallymark.aggregate.Subtotal;
import io.tallymark.aggregate.SumHours;
import io.tallymark.dedup.DropDuplicates;
import io.tallymark.dedup.IdentityShard;
import io.tallymark.ingest.Ingested;
import io.tallymark.ingest.SortOutRejects;
import io.tallymark.topology.wire.WireType;
import io.tallymark.usage.Contribution;
import io.tallymark.usage.HourlyTotal;
import io.tallymark.usage.UsageEvent;
import io.tallymark.usage.UsageKey;
import java.time.Duration;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The stages that decide what counts, and for which total. Metering and a replay share them: a replay with rules of its own would prove
 * nothing.
 *
 * @param accepted with the side outputs of {@link SortOutRejects}
 * @param counted with the side outputs of {@link DropDuplicates}
 * @param contributions what each counted event adds to each meter
 */
record CountingStages(
        SingleOutputStreamOperator<UsageEvent> accepted,
        SingleOutputStreamOperator<UsageEvent> counted,
        SingleOutputStreamOperator<Contribution> contributions) {

    static CountingStages add(
            StreamExecutionEnvironment env,
            Source<Ingested, ?, ?> source,
            WatermarkStrategy<Ingested> watermarks,
            SortOutRejects sortOutRejects,
            Duration maxLateness) {
        SingleOutputStreamOperator<UsageEvent> accepted = OperatorId.SORT_OUT_REJECTS.on(OperatorId.READ_USAGE_EVENTS
                .on(env.fromSource(source, watermarks, OperatorId.READ_USAGE_EVENTS.uid()))
                .process(sortOutRejects)
                .returns(WireType.USAGE_EVENT));
        SingleOutputStreamOperator<UsageEvent> counted = OperatorId.DROP_DUPLICATES.on(accepted.keyBy(
                        new IdentityShard(), Types.INT)
                .transform(OperatorId.DROP_DUPLICATES.uid(), WireType.USAGE_EVENT, new DropDuplicates(maxLateness)));
        return new CountingStages(accepted, counted, OperatorId.SPLIT_BY_METER.on(counted.flatMap(new SplitByMeter())));
    }

    /** The totals of some contributions. */
    static SingleOutputStreamOperator<HourlyTotal> sums(
            DataStream<Contribution> contributions, AggregateSettings settings, long catchUpToMillis) {
        SingleOutputStreamOperator<Subtotal> subtotals = OperatorId.ADD_UP_LOCALLY.on(contributions.transform(
                OperatorId.ADD_UP_LOCALLY.uid(), WireType.SUBTOTAL, new AddUpLocally(settings)));
        return OperatorId.SUM_HOURS.on(subtotals
                .keyBy(Subtotal::key, TypeInformation.of(UsageKey.class))
                .process(new SumHours(settings, catchUpToMillis)));
    }
}
