package io.tallymark.dedup;

import io.tallymark.usage.IntakeEntry;
import io.tallymark.usage.Outcome;
import io.tallymark.usage.Rejection;
import io.tallymark.usage.UsageEvent;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * Lets the first event of each identity pass, drops its repeats, and lets a void of it pass once. Claiming the id and counting the event
 * are one step: both are in the same checkpoint or in none.
 */
public final class DropDuplicates extends KeyedProcessFunction<String, UsageEvent, UsageEvent> {
    /** Side output for the balance sheet: what became of each accepted record. */
    public static final OutputTag<IntakeEntry> INTAKE =
            new OutputTag<>("decisions", TypeInformation.of(IntakeEntry.class));

    /** Side output of voids that do not match what was counted. */
    public static final OutputTag<Rejection> REFUSED_VOIDS =
            new OutputTag<>("refused-voids", TypeInformation.of(Rejection.class));

    private static final long serialVersionUID = 1L;

    private final Horizon horizon;
    private transient ValueState<SeenId> seenIds;
    private transient ValueState<WaitingVoid> waitingVoids;
    private transient Counter counted;
    private transient Counter withdrawn;
    private transient Counter duplicates;
    private transient Counter conflicts;
    private transient Counter refused;

    public DropDuplicates(Duration maxLateness) {
        this.horizon = new Horizon(maxLateness);
    }

    @Override
    public void open(OpenContext context) {
        // Both bounded by the timers below: one entry for each id that could still be repeated.
        seenIds =
                getRuntimeContext().getState(new ValueStateDescriptor<>("seen-ids", TypeInformation.of(SeenId.class)));
        waitingVoids = getRuntimeContext()
                .getState(new ValueStateDescriptor<>("waiting-voids", TypeInformation.of(WaitingVoid.class)));
        MetricGroup metrics = getRuntimeContext().getMetricGroup();
        counted = metrics.counter("countedEvents");
        withdrawn = metrics.counter("withdrawnEvents");
        duplicates = metrics.counter("duplicateEvents");
        conflicts = metrics.counter("conflictingEvents");
        refused = metrics.counter("refusedVoids");
    }

    @Override
    public void processElement(UsageEvent event, Context context, Collector<UsageEvent> out) throws IOException {
        SeenId seen = seenIds.value();
        if (seen != null && !horizon.remembers(seen.latestTimeMillis(), event.appendTimeMillis())) {
            // Perhaps forgotten already, perhaps not: every run must decide the same, so it counts as forgotten.
            seen = null;
        }
        if (seen == null) {
            requireRemembered(event, context.timerService().currentWatermark());
        }
        long check = ContentCheck.of(event);
        Decision decision = Decision.on(seen, event.isVoid(), check);
        remember(event, seen, check, decision, context);
        apply(decision, event, seen, context, out);
    }

    private void remember(UsageEvent event, @Nullable SeenId seen, long check, Decision decision, Context context)
            throws IOException {
        SeenId next = switch (decision) {
            case COUNT, COUNT_AND_REFUSE_VOID -> SeenId.first(event, check, Standing.COUNTED);
            case COUNT_AND_WITHDRAW -> SeenId.first(event, check, Standing.WITHDRAWN);
            case AWAIT_EVENT -> SeenId.first(event, check, Standing.VOID_WAITING);
            case WITHDRAW -> known(seen).seenAgain(event, Standing.WITHDRAWN);
            case DUPLICATE, CONFLICT, REFUSE ->
                known(seen).seenAgain(event, known(seen).standing());
        };
        if (seen != null && next.latestTimeMillis() < seen.latestTimeMillis()) {
            next = new SeenId(next.timeMillis(), seen.latestTimeMillis(), next.check(), next.standing());
        }
        if (next.equals(seen)) {
            return;
        }
        seenIds.update(next);
        if (seen == null || next.latestTimeMillis() > seen.latestTimeMillis()) {
            context.timerService().registerEventTimeTimer(horizon.forgetAtMillis(next.latestTimeMillis()));
        }
    }

    private void apply(
            Decision decision, UsageEvent event, @Nullable SeenId seen, Context context, Collector<UsageEvent> out)
            throws IOException {
        switch (decision) {
            case COUNT -> count(event, context, out);
            case DUPLICATE -> {
                duplicates.inc();
                settle(Outcome.DUPLICATE, "", event, context);
            }
            case CONFLICT -> {
                conflicts.inc();
                settle(Outcome.CONFLICT, "", event, context);
            }
            case WITHDRAW -> {
                settle(Outcome.WITHDRAWN, "", event, context);
                withdraw(event.at(known(seen).timeMillis()), out);
            }
            case AWAIT_EVENT -> {
                settle(Outcome.VOID_WAITING, "", event, context);
                waitingVoids.update(WaitingVoid.of(event));
            }
            case COUNT_AND_WITHDRAW -> {
                count(event, context, out);
                WaitingVoid waiting = takeWaiting(context);
                context.output(INTAKE, waiting.became(Outcome.WITHDRAWN, ""));
                withdraw(event.asVoid(waiting.refusal()), out);
            }
            case COUNT_AND_REFUSE_VOID -> {
                count(event, context, out);
                WaitingVoid waiting = takeWaiting(context);
                refuse(waiting.refusal(), context);
                context.output(
                        INTAKE,
                        waiting.became(
                                Outcome.DEAD_LETTERED,
                                waiting.refusal().reason().name()));
            }
            case REFUSE -> {
                Rejection refusal = Objects.requireNonNull(event.refusal());
                refuse(refusal, context);
                settle(Outcome.DEAD_LETTERED, refusal.reason().name(), event, context);
            }
        }
    }

    private void count(UsageEvent event, Context context, Collector<UsageEvent> out) {
        counted.inc();
        settle(Outcome.COUNTED, "", event, context);
        out.collect(event);
    }

    private void withdraw(UsageEvent theVoid, Collector<UsageEvent> out) {
        withdrawn.inc();
        out.collect(theVoid);
    }

    private void refuse(Rejection refusal, Context context) {
        refused.inc();
        context.output(REFUSED_VOIDS, refusal);
    }

    private WaitingVoid takeWaiting(Context context) throws IOException {
        WaitingVoid waiting = Objects.requireNonNull(waitingVoids.value());
        waitingVoids.clear();
        context.output(INTAKE, waiting.revoked());
        return waiting;
    }

    private static void settle(Outcome outcome, String detail, UsageEvent event, Context context) {
        context.output(INTAKE, IntakeEntry.decided(outcome, detail, event.origin(), event.appendTimeMillis()));
    }

    private static SeenId known(@Nullable SeenId seen) {
        return Objects.requireNonNull(seen);
    }

    /** Append time never goes back, so an accepted event's id cannot have been forgotten yet; if it may have been, nobody may guess. */
    private void requireRemembered(UsageEvent event, long watermark) {
        if (watermark >= horizon.forgetAtMillis(event.timeMillis())) {
            throw new IllegalStateException("the event " + event.origin() + " was appended at "
                    + Instant.ofEpochMilli(event.appendTimeMillis()) + ", long before the watermark "
                    + Instant.ofEpochMilli(watermark)
                    + ": its id may be forgotten. Append times go back in this topic; check its message.timestamp.type"
                    + " and the clocks of brokers and workers.");
        }
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<UsageEvent> out) throws IOException {
        SeenId seen = seenIds.value();
        if (seen != null && timestamp >= horizon.forgetAtMillis(seen.latestTimeMillis())) {
            seenIds.clear();
            waitingVoids.clear();
        }
    }
}
