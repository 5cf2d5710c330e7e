package io.tallymark.dedup;

import io.tallymark.usage.IntakeEntry;
import io.tallymark.usage.Outcome;
import io.tallymark.usage.RejectReason;
import io.tallymark.usage.Rejection;
import io.tallymark.usage.UsageEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * Lets the first event of each identity pass, drops its repeats, and lets a void of it pass once, always after the event. Claiming the id
 * and counting the event are one step: both are in the same checkpoint or in none.
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
    /** By content: the voids that wait for their event, or once it has come, those that it did not match. Empty for nearly every id. */
    private transient MapState<Long, WaitingVoid> idleVoids;

    public DropDuplicates(Duration maxLateness) {
        this.horizon = new Horizon(maxLateness);
    }

    @Override
    public void open(OpenContext context) {
        // Both bounded by the timers below: one entry for each id that could still be repeated, one for each void that
        // matches no event.
        seenIds =
                getRuntimeContext().getState(new ValueStateDescriptor<>("seen-ids", TypeInformation.of(SeenId.class)));
        idleVoids = getRuntimeContext()
                .getMapState(new MapStateDescriptor<>("idle-voids", Types.LONG, TypeInformation.of(WaitingVoid.class)));
    }

    @Override
    public void processElement(UsageEvent record, Context context, Collector<UsageEvent> out) throws Exception {
        SeenId seen = recall(record, context.timerService().currentWatermark());
        long check = ContentCheck.of(record);
        SeenId next = record.isVoid()
                ? onVoid(record, seen, check, context, out)
                : onEvent(record, seen, check, context, out);
        remember(seen, next.rememberedFor(record.timeMillis()), context);
    }

    /** How its event's identity is known to this record; null when it is not. */
    private @Nullable SeenId recall(UsageEvent record, long watermark) throws Exception {
        SeenId seen = seenIds.value();
        if (seen != null && horizon.reaches(seen.latestTimeMillis(), record.appendTimeMillis())) {
            return seen;
        }
        requireRemembered(record, watermark);
        if (seen != null && seen.idleVoids()) {
            // The timer's hour has not come, but every run must decide the same, so the id counts as forgotten already.
            idleVoids.clear();
        }
        return null;
    }

    private SeenId onEvent(
            UsageEvent event, @Nullable SeenId seen, long check, Context context, Collector<UsageEvent> out)
            throws Exception {
        boolean same = seen != null && seen.check() == check;
        Decision decision = Decision.onEvent(standing(seen), same);
        return switch (decision) {
            case COUNT -> {
                settle(Outcome.COUNTED, event, context);
                out.collect(event);
                SeenId first = SeenId.of(event, check, Standing.COUNTED);
                yield seen == null
                        ? first
                        : settleVoids(event, first.rememberedFor(seen.latestTimeMillis()), context, out);
            }
            case DUPLICATE -> duplicate(event, known(seen), context);
            case CONFLICT -> {
                settle(Outcome.CONFLICT, event, context);
                yield known(seen);
            }
            default -> throw new IllegalStateException(decision + " is no decision on an event");
        };
    }

    /** Decides again on the voids that waited for an event, as if they had come after it. */
    private SeenId settleVoids(UsageEvent event, SeenId counted, Context context, Collector<UsageEvent> out)
            throws Exception {
        boolean isWithdrawn = false;
        boolean someRefused = false;
        for (Map.Entry<Long, WaitingVoid> entry : idleVoids.entries()) {
            WaitingVoid waiting = entry.getValue();
            context.output(INTAKE, waiting.revoked());
            boolean inTime = horizon.reaches(counted.timeMillis(), waiting.appendTimeMillis());
            Decision decision = Decision.onVoid(Standing.COUNTED, false, entry.getKey() == counted.check(), inTime);
            if (decision == Decision.WITHDRAW) {
                isWithdrawn = true;
                context.output(INTAKE, waiting.became(Outcome.WITHDRAWN, ""));
                out.collect(event.asVoid(waiting.refusal()));
            } else {
                someRefused = true;
                Rejection refusal = refusal(decision, waiting.refusal(), counted);
                context.output(REFUSED_VOIDS, refusal);
                context.output(
                        INTAKE,
                        waiting.became(Outcome.DEAD_LETTERED, refusal.reason().name()));
            }
        }
        if (!someRefused) {
            idleVoids.clear();
        }
        SeenId settled = counted.withIdleVoids(someRefused);
        return isWithdrawn ? settled.withdrawn() : settled;
    }

    private SeenId onVoid(
            UsageEvent record, @Nullable SeenId seen, long check, Context context, Collector<UsageEvent> out)
            throws Exception {
        boolean same = seen != null && seen.check() == check;
        boolean inTime = seen != null && horizon.reaches(seen.timeMillis(), record.appendTimeMillis());
        boolean repeated = seen != null && seen.idleVoids() && idleVoids.contains(check);
        Decision decision = Decision.onVoid(standing(seen), repeated, same, inTime);
        return switch (decision) {
            case DUPLICATE -> duplicate(record, known(seen), context);
            case WITHDRAW -> {
                settle(Outcome.WITHDRAWN, record, context);
                out.collect(record.at(known(seen).timeMillis()));
                yield known(seen).withdrawn();
            }
            case AWAIT_EVENT -> {
                idleVoids.put(check, WaitingVoid.of(record));
                settle(Outcome.VOID_WAITING, record, context);
                SeenId waiting = seen == null ? SeenId.of(record, check, Standing.VOID_WAITING) : seen;
                yield waiting.withIdleVoids(true);
            }
            case REFUSE, REFUSE_LATE -> {
                Rejection refusal = refusal(decision, Objects.requireNonNull(record.refusal()), known(seen));
                idleVoids.put(check, WaitingVoid.of(record));
                context.output(REFUSED_VOIDS, refusal);
                settle(Outcome.DEAD_LETTERED, refusal.reason().name(), record, context);
                yield known(seen).withIdleVoids(true);
            }
            default -> throw new IllegalStateException(decision + " is no decision on a void");
        };
    }

    private void remember(@Nullable SeenId seen, SeenId next, Context context) throws Exception {
        if (next.equals(seen)) {
            return;
        }
        seenIds.update(next);
        if (seen == null || next.latestTimeMillis() > seen.latestTimeMillis()) {
            context.timerService().registerEventTimeTimer(horizon.forgetAtMillis(next.latestTimeMillis()));
        }
    }

    private static SeenId duplicate(UsageEvent record, SeenId seen, Context context) {
        settle(Outcome.DUPLICATE, record, context);
        return seen;
    }

    private static Rejection refusal(Decision decision, Rejection mismatch, SeenId counted) {
        if (decision == Decision.REFUSE) {
            return mismatch;
        }
        return new Rejection(
                mismatch.origin(),
                mismatch.appendTimeMillis(),
                mismatch.key(),
                mismatch.value(),
                mismatch.headers(),
                RejectReason.TOO_LATE,
                "the event that this void takes out was counted at " + Instant.ofEpochMilli(counted.timeMillis())
                        + ", more than max-lateness before the void",
                mismatch.bytesAtOrigin());
    }

    private static void settle(Outcome outcome, UsageEvent record, Context context) {
        settle(outcome, "", record, context);
    }

    private static void settle(Outcome outcome, String detail, UsageEvent record, Context context) {
        context.output(INTAKE, IntakeEntry.decided(outcome, detail, record.origin(), record.appendTimeMillis()));
    }

    private static Standing standing(@Nullable SeenId seen) {
        return seen == null ? Standing.UNKNOWN : seen.standing();
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
    public void onTimer(long timestamp, OnTimerContext context, Collector<UsageEvent> out) throws Exception {
        SeenId seen = seenIds.value();
        if (seen != null && timestamp >= horizon.forgetAtMillis(seen.latestTimeMillis())) {
            if (seen.idleVoids()) {
                idleVoids.clear();
            }
            seenIds.clear();
        }
    }
}
