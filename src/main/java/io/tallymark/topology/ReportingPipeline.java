package io.tallymark.topology;

import io.tallymark.config.Settings;
import io.tallymark.report.ClaimDueHours;
import io.tallymark.report.ClaimedReport;
import io.tallymark.report.OutcomeSink;
import io.tallymark.report.ReportOutcome;
import io.tallymark.report.ReportSettings;
import io.tallymark.report.ReportTicks;
import io.tallymark.report.SendToStripe;
import io.tallymark.stripe.StripeSenderFactory;
import io.tallymark.usage.ReportSender;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.streaming.api.datastream.AsyncDataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * From due hours in Postgres to Stripe and back into the ledger. It shares no stream with metering, so each is its own failover region,
 * and it keeps nothing in Flink: its truth is in the database.
 *
 * @param settings the reporter's bounds
 * @param senders opens the way to Stripe on the machine that sends
 */
public record ReportingPipeline(ReportSettings settings, ReportSender.Factory senders) {
    /** One of each: the claims are bounded for the whole job, and one task keeps thousands of calls going. */
    private static final int PARALLELISM = 1;

    public static ReportingPipeline of(Settings settings) {
        return new ReportingPipeline(settings.report(), new StripeSenderFactory(settings.stripe()));
    }

    /** Adds the pipeline to a job. */
    public void build(StreamExecutionEnvironment env) {
        SingleOutputStreamOperator<Long> ticks = OperatorId.TICK_REPORTS
                .on(env.fromSource(
                        ReportTicks.source(settings), WatermarkStrategy.noWatermarks(), OperatorId.TICK_REPORTS.uid()))
                .setParallelism(PARALLELISM);

        SingleOutputStreamOperator<ClaimedReport> claims = OperatorId.CLAIM_DUE_HOURS
                .on(ticks.flatMap(new ClaimDueHours(settings, senders)))
                .setParallelism(PARALLELISM);

        SingleOutputStreamOperator<ReportOutcome> outcomes = OperatorId.SEND_TO_STRIPE
                .on(AsyncDataStream.unorderedWait(
                        claims,
                        new SendToStripe(settings, senders),
                        settings.operatorTimeout().toMillis(),
                        TimeUnit.MILLISECONDS,
                        settings.concurrency()))
                .setParallelism(PARALLELISM);

        OperatorId.RECORD_OUTCOMES
                .on(outcomes.sinkTo(new OutcomeSink(settings)))
                .setParallelism(PARALLELISM);
    }
}
