package io.tallymark.report;

import io.tallymark.usage.ReportSender;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.datastream.AsyncDataStream;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** The reporting operators put together as topology does, in a local Flink cluster of their own. */
@SuppressWarnings("try") // Whoever waits for the job to end may be interrupted.
final class ReportingJob implements AutoCloseable {
    private static final long CHECKPOINT_MILLIS = 1_000;

    private final JobClient job;

    private ReportingJob(JobClient job) {
        this.job = job;
    }

    static ReportingJob start(ReportSettings settings, ReportSender.Factory senders) throws Exception {
        Configuration configuration = new Configuration();
        configuration.set(PipelineOptions.GENERIC_TYPES, false);
        configuration.set(PipelineOptions.OBJECT_REUSE, true);
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(1, configuration);
        env.enableCheckpointing(CHECKPOINT_MILLIS);
        DataStream<ClaimedReport> claims = env.fromSource(
                        ReportTicks.source(settings), WatermarkStrategy.noWatermarks(), "tick-reports")
                .flatMap(new ClaimDueHours(settings, senders));
        AsyncDataStream.unorderedWait(
                        claims,
                        new SendToStripe(settings, senders),
                        settings.operatorTimeout().toMillis(),
                        TimeUnit.MILLISECONDS,
                        settings.concurrency())
                .sinkTo(new OutcomeSink(settings));
        return new ReportingJob(env.executeAsync("reporting"));
    }

    @Override
    public void close() throws Exception {
        job.cancel().get(30, TimeUnit.SECONDS);
    }
}
