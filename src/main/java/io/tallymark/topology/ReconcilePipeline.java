package io.tallymark.topology;

import io.tallymark.config.Settings;
import io.tallymark.reconcile.ReconcileSettings;
import io.tallymark.reconcile.SweepReports;
import io.tallymark.reconcile.SweepTicks;
import io.tallymark.stripe.StripeSenderFactory;
import io.tallymark.usage.MeterErrors;
import io.tallymark.usage.ReportSender;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.streaming.api.datastream.AsyncDataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Looks at what was reported, a little at a time, and compares it with Stripe's own summaries. A failover region of its own, without
 * state and without output: its truth is in the database.
 *
 * @param settings the sweep's bounds
 * @param senders opens the way to Stripe on the machine that asks
 * @param errors opens the way to Stripe's error events
 */
public record ReconcilePipeline(ReconcileSettings settings, ReportSender.Factory senders, MeterErrors.Factory errors) {
    /** The rate is one number for the whole job. */
    private static final int PARALLELISM = 1;

    public static ReconcilePipeline of(Settings settings) {
        return new ReconcilePipeline(
                settings.reconcile(),
                new StripeSenderFactory(settings.stripe()),
                new StripeMeterErrors.Opener(settings.stripe()));
    }

    /** Adds the pipeline to a job. */
    public void build(StreamExecutionEnvironment env) {
        SingleOutputStreamOperator<Long> ticks = OperatorId.TICK_SWEEP
                .on(env.fromSource(
                        SweepTicks.source(settings), WatermarkStrategy.noWatermarks(), OperatorId.TICK_SWEEP.uid()))
                .setParallelism(PARALLELISM);

        OperatorId.SWEEP_REPORTS
                .on(AsyncDataStream.unorderedWait(
                        ticks,
                        new SweepReports(settings, senders, errors),
                        SweepReports.timeoutMillis(),
                        TimeUnit.MILLISECONDS,
                        SweepReports.capacity()))
                .setParallelism(PARALLELISM);
    }
}
