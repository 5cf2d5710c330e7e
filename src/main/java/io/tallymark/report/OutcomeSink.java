package io.tallymark.report;

import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/** Records outcomes in small batches. Needs no checkpoint: an outcome that is lost or repeated changes nothing. */
public final class OutcomeSink implements Sink<ReportOutcome> {
    private static final long serialVersionUID = 1L;

    private final ReportSettings settings;

    public OutcomeSink(ReportSettings settings) {
        this.settings = settings;
    }

    @Override
    public SinkWriter<ReportOutcome> createWriter(WriterInitContext context) {
        return new OutcomeWriter(
                ReportPool.open(settings.database(), 1), context.metricGroup(), context.getProcessingTimeService());
    }
}
