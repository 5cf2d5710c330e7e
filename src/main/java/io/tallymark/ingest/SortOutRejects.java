package io.tallymark.ingest;

import io.tallymark.usage.BillingHour;
import io.tallymark.usage.IntakeEntry;
import io.tallymark.usage.Origin;
import io.tallymark.usage.Outcome;
import io.tallymark.usage.Rejection;
import io.tallymark.usage.UsageEvent;
import java.util.Optional;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Sends accepted events on and rejections to the side; ignored records and events of hours that are not seen whole end here. Every record
 * enters the balance sheet here as read.
 */
public final class SortOutRejects extends ProcessFunction<Ingested, UsageEvent> implements CheckpointedFunction {
    /** Side output of everything that goes to the dead-letter topic. */
    public static final OutputTag<Rejection> REJECTIONS =
            new OutputTag<>("rejections", TypeInformation.of(Rejection.class));

    /** Side output for the balance sheet: one entry a record. */
    public static final OutputTag<IntakeEntry> INTAKE =
            new OutputTag<>("intake", TypeInformation.of(IntakeEntry.class));

    private static final long serialVersionUID = 1L;
    private static final String COVERAGE = "coverage";

    private final StartingPoint start;

    // Flink calls initializeState before anything else.
    @SuppressWarnings("NullAway.Init")
    private transient Coverage coverage;

    /**
     * Creates the function.
     *
     * @param start what the job sees whole when it begins without state
     */
    public SortOutRejects(StartingPoint start) {
        this.start = start;
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        // Broadcast: every subtask finds the same again, whatever their number. With union state no checkpoint
        // completes
        // while a job stops.
        BroadcastState<String, Coverage> kept = context.getOperatorStateStore()
                .getBroadcastState(
                        new MapStateDescriptor<>(COVERAGE, Types.STRING, TypeInformation.of(Coverage.class)));
        Coverage restored = kept.get(COVERAGE);
        if (restored != null) {
            restored.require(start);
            coverage = restored;
        } else {
            coverage = context.isRestored() ? Coverage.ofOlderState(start) : Coverage.of(start);
        }
        kept.put(COVERAGE, coverage);
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) {
        // Broadcast state is written as it is.
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
            accept(event.get(), origin.get(), context, out);
        } else if (rejection.isPresent()) {
            end(Outcome.DEAD_LETTERED, rejection.get().reason().name(), origin.get(), record, context);
            context.output(REJECTIONS, rejection.get());
        } else {
            end(Outcome.IGNORED, "", origin.get(), record, context);
        }
    }

    private void accept(UsageEvent event, Origin origin, Context context, Collector<UsageEvent> out) {
        BillingHour hour = BillingHour.containing(event.timeMillis());
        if (!coverage.covers(hour)) {
            context.output(
                    INTAKE, IntakeEntry.readAs(Outcome.UNCOVERED, hour.toString(), origin, event.appendTimeMillis()));
            return;
        }
        context.output(INTAKE, IntakeEntry.read(origin, event.appendTimeMillis()));
        out.collect(event);
    }

    private static void end(Outcome outcome, String detail, Origin origin, Ingested record, Context context) {
        context.output(INTAKE, IntakeEntry.readAs(outcome, detail, origin, record.appendTimeMillis()));
    }
}
