package io.tallymark.dedup;

import io.tallymark.usage.IntakeEntry;
import io.tallymark.usage.Outcome;
import io.tallymark.usage.RejectReason;
import io.tallymark.usage.Rejection;
import io.tallymark.usage.UsageEvent;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The rule of counting once, over any memory: the first event of each identity passes, its repeats do not, and a void of it passes
 * once, always after the event. What becomes of a record never depends on whether the memory still holds what it may forget.
 */
final class CountOnce {
    private final Horizon horizon;

    CountOnce(Horizon horizon) {
        this.horizon = horizon;
    }

    /**
     * Decides on a record.
     *
     * @param watermarkMillis ids whose {@link Horizon#forgetAtMillis} is not after this may be gone from the memory
     * @param droppedMillis the latest {@link Horizon#forgetAtMillis} of an id that is gone
     * @throws IllegalStateException when an id that this record may repeat could be among those
     */
    void process(UsageEvent record, long watermarkMillis, long droppedMillis, IdMemory memory, Decided out)
            throws Exception {
        SeenId present = memory.seen();
        SeenId seen = recall(record, present, memory);
        if (seen == null) {
            requireRemembered(record, watermarkMillis, droppedMillis);
        }
        long check = record.contentCheck();
        SeenId next = (record.isVoid()
                        ? onVoid(record, seen, check, memory, out)
                        : onEvent(record, seen, check, memory, out))
                .rememberedFor(record.timeMillis());
        if (!next.equals(present)) {
            memory.remember(next);
        }
    }

    /** How its event's identity is known to this record; null when it is not. */
    private @Nullable SeenId recall(UsageEvent record, @Nullable SeenId present, IdMemory memory) throws Exception {
        if (present != null && horizon.reaches(present.latestTimeMillis(), record.appendTimeMillis())) {
            return present;
        }
        if (present != null && present.idleVoids()) {
            // Its time to be dropped has not come, but every run must decide the same, so it counts as forgotten
            // already.
            memory.clearIdleVoids();
        }
        return null;
    }

    /**
     * Append time never goes back, so no id that a record may repeat has been dropped yet; if one may have been, nobody may guess. A
     * record that states its time repeats one of the same time. One that states none has that of its append, and may repeat any.
     */
    private void requireRemembered(UsageEvent event, long watermarkMillis, long droppedMillis) {
        long reachedMillis = horizon.earliestReachedBy(event.appendTimeMillis());
        boolean lost = event.timeGiven()
                ? Math.max(watermarkMillis, droppedMillis) >= horizon.forgetAtMillis(event.timeMillis())
                : droppedMillis >= horizon.forgetAtMillis(reachedMillis);
        if (lost) {
            throw new IllegalStateException("the event " + event.origin() + " was appended at "
                    + Instant.ofEpochMilli(event.appendTimeMillis()) + ", long before the watermark "
                    + Instant.ofEpochMilli(Math.max(watermarkMillis, droppedMillis))
                    + ": its id may be forgotten. Append times go back in this topic; check its message.timestamp.type"
                    + " and the clocks of brokers and workers.");
        }
    }

    private SeenId onEvent(UsageEvent event, @Nullable SeenId seen, long check, IdMemory memory, Decided out)
            throws Exception {
        boolean same = seen != null && seen.check() == check;
        Decision decision = Decision.onEvent(standing(seen), same);
        return switch (decision) {
            case COUNT -> {
                settle(Outcome.COUNTED, event, out);
                out.pass(event);
                SeenId first = SeenId.of(event, check, Standing.COUNTED);
                yield seen == null
                        ? first
                        : settleVoids(event, first.rememberedFor(seen.latestTimeMillis()), memory, out);
            }
            case DUPLICATE -> duplicate(event, known(seen), out);
            case CONFLICT -> {
                settle(Outcome.CONFLICT, event, out);
                yield known(seen);
            }
            default -> throw new IllegalStateException(decision + " is no decision on an event");
        };
    }

    /** Decides again on the voids that waited for an event, as if they had come after it. */
    private SeenId settleVoids(UsageEvent event, SeenId counted, IdMemory memory, Decided out) throws Exception {
        boolean isWithdrawn = false;
        boolean someRefused = false;
        for (Map.Entry<Long, WaitingVoid> entry : memory.idleVoids().entrySet()) {
            WaitingVoid waiting = entry.getValue();
            out.settle(waiting.revoked());
            boolean inTime = horizon.reaches(counted.timeMillis(), waiting.appendTimeMillis());
            Decision decision = Decision.onVoid(Standing.COUNTED, false, entry.getKey() == counted.check(), inTime);
            if (decision == Decision.WITHDRAW) {
                isWithdrawn = true;
                out.settle(waiting.became(Outcome.WITHDRAWN, ""));
                out.pass(event.asVoid(waiting.refusal()));
            } else {
                someRefused = true;
                Rejection refusal = refusal(decision, waiting.refusal(), counted);
                out.refuse(refusal);
                out.settle(
                        waiting.became(Outcome.DEAD_LETTERED, refusal.reason().name()));
            }
        }
        if (!someRefused) {
            memory.clearIdleVoids();
        }
        SeenId settled = counted.withIdleVoids(someRefused);
        return isWithdrawn ? settled.withdrawn() : settled;
    }

    private SeenId onVoid(UsageEvent record, @Nullable SeenId seen, long check, IdMemory memory, Decided out)
            throws Exception {
        boolean same = seen != null && seen.check() == check;
        boolean inTime = seen != null && horizon.reaches(seen.timeMillis(), record.appendTimeMillis());
        boolean repeated = seen != null && seen.idleVoids() && memory.hasIdleVoid(check);
        Decision decision = Decision.onVoid(standing(seen), repeated, same, inTime);
        return switch (decision) {
            case DUPLICATE -> duplicate(record, known(seen), out);
            case WITHDRAW -> {
                settle(Outcome.WITHDRAWN, record, out);
                out.pass(record.at(known(seen).timeMillis()));
                yield known(seen).withdrawn();
            }
            case AWAIT_EVENT -> {
                memory.addIdleVoid(check, WaitingVoid.of(record));
                settle(Outcome.VOID_WAITING, record, out);
                SeenId waiting = seen == null ? SeenId.of(record, check, Standing.VOID_WAITING) : seen;
                yield waiting.withIdleVoids(true);
            }
            case REFUSE, REFUSE_LATE -> {
                Rejection refusal = refusal(decision, Objects.requireNonNull(record.refusal()), known(seen));
                memory.addIdleVoid(check, WaitingVoid.of(record));
                out.refuse(refusal);
                settle(Outcome.DEAD_LETTERED, refusal.reason().name(), record, out);
                yield known(seen).withIdleVoids(true);
            }
            default -> throw new IllegalStateException(decision + " is no decision on a void");
        };
    }

    private static SeenId duplicate(UsageEvent record, SeenId seen, Decided out) {
        settle(Outcome.DUPLICATE, record, out);
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

    private static void settle(Outcome outcome, UsageEvent record, Decided out) {
        settle(outcome, "", record, out);
    }

    private static void settle(Outcome outcome, String detail, UsageEvent record, Decided out) {
        out.settle(IntakeEntry.decided(outcome, detail, record.origin(), record.appendTimeMillis()));
    }

    private static Standing standing(@Nullable SeenId seen) {
        return seen == null ? Standing.UNKNOWN : seen.standing();
    }

    private static SeenId known(@Nullable SeenId seen) {
        return Objects.requireNonNull(seen);
    }
}
