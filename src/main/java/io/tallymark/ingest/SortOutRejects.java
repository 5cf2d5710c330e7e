package io.tallymark.ingest;

import io.tallymark.usage.IntakeEntry;
import io.tallymark.usage.Origin;
import io.tallymark.usage.Outcome;
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

/** Sends accepted events on and rejections to the side; ignored records end here. Every record enters the balance sheet here as read. */
public final class SortOutRejects extends ProcessFunction<Ingested, UsageEvent> {
    /** Side output of everything that goes to the dead-letter topic. */
    public static final OutputTag<Rejection> REJECTIONS =
            new OutputTag<>("rejections", TypeInformation.of(Rejection.class));

    /** Side output for the balance sheet: one entry a record. */
    public static final OutputTag<IntakeEntry> INTAKE =
            new OutputTag<>("intake", TypeInformation.of(IntakeEntry.class));

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
        Optional<Origin> origin = record.origin();
        if (origin.isEmpty()) {
            return;
        }
        Optional<UsageEvent> event = record.event();
        Optional<Rejection> rejection = record.rejection();
        if (event.isPresent()) {
            accepted.inc();
            context.output(INTAKE, IntakeEntry.read(origin.get(), record.appendTimeMillis()));
            out.collect(event.get());
        } else if (rejection.isPresent()) {
            rejected.inc();
            String reason = rejection.get().reason().name();
            context.output(
                    INTAKE, IntakeEntry.readAs(Outcome.DEAD_LETTERED, reason, origin.get(), record.appendTimeMillis()));
            context.output(REJECTIONS, rejection.get());
        } else {
            ignored.inc();
            context.output(INTAKE, IntakeEntry.readAs(Outcome.IGNORED, "", origin.get(), record.appendTimeMillis()));
        }
    }
}
