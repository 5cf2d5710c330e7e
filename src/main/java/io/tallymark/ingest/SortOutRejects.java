package io.tallymark.ingest;

import io.tallymark.usage.Rejection;
import io.tallymark.usage.UsageEvent;
import java.util.Optional;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/** Sends accepted events on and rejections to the side; ignored records end here. Counts all three. */
public final class SortOutRejects extends ProcessFunction<Ingested, UsageEvent> {
    /** Side output of everything that goes to the dead-letter topic. */
    public static final OutputTag<Rejection> REJECTIONS =
            new OutputTag<>("rejections", TypeInformation.of(Rejection.class));

    private static final long serialVersionUID = 1L;

    private transient Counter accepted;
    private transient Counter rejected;
    private transient Counter ignored;

    @Override
    public void open(OpenContext context) {
        MetricGroup metrics = getRuntimeContext().getMetricGroup();
        accepted = metrics.counter("acceptedEvents");
        rejected = metrics.counter("rejectedRecords");
        ignored = metrics.counter("ignoredEvents");
    }

    @Override
    public void processElement(Ingested record, Context context, Collector<UsageEvent> out) {
        Optional<UsageEvent> event = record.event();
        Optional<Rejection> rejection = record.rejection();
        if (event.isPresent()) {
            accepted.inc();
            out.collect(event.get());
        } else if (rejection.isPresent()) {
            rejected.inc();
            context.output(REJECTIONS, rejection.get());
        } else {
            ignored.inc();
        }
    }
}
