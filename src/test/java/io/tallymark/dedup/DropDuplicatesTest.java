package io.tallymark.dedup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallymark.usage.Measurement;
import io.tallymark.usage.Origin;
import io.tallymark.usage.RejectReason;
import io.tallymark.usage.Rejection;
import io.tallymark.usage.UsageEvent;
import io.tallymark.usage.UserError;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DropDuplicatesTest {
    private static final Duration MAX_LATENESS = Duration.ofDays(7);
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static final Instant FORGOTTEN = NOON.plus(MAX_LATENESS).plus(Duration.ofHours(2));
    private static final int MAX_PARALLELISM = 128;

    private KeyedOneInputStreamOperatorTestHarness<Integer, UsageEvent, UsageEvent> harness;

    @BeforeEach
    void open() throws Exception {
        harness = harness(1, 0);
        harness.open();
    }

    @AfterEach
    void close() throws Exception {
        harness.close();
    }

    @Test
    void firstEventPassesAndItsRepeatsAreDropped() throws Exception {
        UsageEvent first = event("gateway", "e-1", NOON);
        process(first);
        process(event("gateway", "e-1", NOON));
        process(event("gateway", "e-1", NOON));

        assertThat(passed()).containsExactly(first);
    }

    @Test
    void sameIdOfAnotherSourceIsAnotherEvent() throws Exception {
        process(event("gateway", "e-1", NOON));
        process(event("batch", "e-1", NOON));

        assertThat(passed()).hasSize(2);
    }

    @Test
    void noTwoIdentitiesMeet() throws Exception {
        process(event("ab", "c", NOON));
        process(event("a", "bc", NOON));
        process(event("1:a", "b", NOON));
        process(event("1", ":ab", NOON));

        assertThat(passed()).hasSize(4);
    }

    @Test
    void repeatWithAnotherTimeOrContentIsAConflictAndNotCounted() throws Exception {
        process(event("gateway", "e-1", NOON));
        process(event("gateway", "e-1", NOON.minusSeconds(3_600)));
        process(event("gateway", "e-1", NOON, "zeta", "1", "{}"));
        process(event("gateway", "e-1", NOON, "acme", "2", "{}"));
        process(event("gateway", "e-1", NOON, "acme", "1", "{\"model\":\"m\"}"));
        process(event("gateway", "e-1", NOON));
        process(event("batch", "e-1", NOON.minusSeconds(3_600)));

        assertThat(passed()).hasSize(2);
        assertThat(lines())
                .containsExactly(
                        "COUNTED 1",
                        "CONFLICT 1",
                        "CONFLICT 1",
                        "CONFLICT 1",
                        "CONFLICT 1",
                        "DUPLICATE 1",
                        "COUNTED 1");
    }

    @Test
    void voidTakesItsEventOutOnce() throws Exception {
        UsageEvent event = event("gateway", "e-1", NOON);
        process(event);
        process(aVoid(event));
        process(aVoid(event));
        process(event);

        assertThat(passed()).containsExactly(event, aVoid(event));
        assertThat(lines()).containsExactly("COUNTED 1", "WITHDRAWN 1", "DUPLICATE 1", "DUPLICATE 1");
        assertThat(refusals()).isEmpty();
    }

    @Test
    void voidThatComesFirstCancelsTheEventThatFollows() throws Exception {
        UsageEvent event = event("gateway", "e-1", NOON);
        process(aVoid(event));
        process(aVoid(event));
        assertThat(passed()).isEmpty();
        process(event);
        process(event);
        process(aVoid(event));

        assertThat(passed()).extracting(UsageEvent::isVoid).containsExactly(false, true);
        assertThat(lines())
                .containsExactly(
                        "VOID_WAITING 1",
                        "DUPLICATE 1",
                        "COUNTED 1",
                        "VOID_WAITING -1",
                        "WITHDRAWN 1",
                        "DUPLICATE 1",
                        "DUPLICATE 1");
    }

    @Test
    void voidThatDoesNotMatchIsADeadLetterInWhicheverOrder() throws Exception {
        UsageEvent event = event("gateway", "e-1", NOON);
        UsageEvent other = event("gateway", "e-1", NOON, "acme", "2", "{}");
        process(event);
        process(aVoid(other));
        process(aVoid(other));
        process(aVoid(event));
        assertThat(lines()).containsExactly("COUNTED 1", "DEAD_LETTERED 1", "DUPLICATE 1", "WITHDRAWN 1");
        assertThat(refusals()).containsExactly(RejectReason.VOID_MISMATCH);

        open();
        process(aVoid(other));
        process(aVoid(other));
        process(aVoid(event));
        process(event);
        assertThat(lines())
                .containsExactlyInAnyOrder(
                        "VOID_WAITING 1",
                        "DUPLICATE 1",
                        "VOID_WAITING 1",
                        "COUNTED 1",
                        "VOID_WAITING -1",
                        "VOID_WAITING -1",
                        "DEAD_LETTERED 1",
                        "WITHDRAWN 1");
        assertThat(refusals()).containsExactly(RejectReason.VOID_MISMATCH);
    }

    @Test
    void timelessVoidTakesOutTheTimeThatWasCounted() throws Exception {
        process(timeless("e-1", NOON, false));
        process(timeless("e-1", NOON.plusSeconds(7_200), false));
        process(timeless("e-1", NOON.plusSeconds(9_000), true));
        process(timeless("e-2", NOON.minusSeconds(60), true));
        process(timeless("e-2", NOON, false));

        assertThat(passed())
                .extracting(event -> event.id() + " " + Instant.ofEpochMilli(event.timeMillis()) + event.isVoid())
                .containsExactly(
                        "e-1 " + NOON + false, "e-1 " + NOON + true, "e-2 " + NOON + false, "e-2 " + NOON + true);
    }

    @Test
    void voidOfWhatWasCountedTooLongAgoIsADeadLetter() throws Exception {
        process(timeless("e-1", NOON, false));
        process(timeless("e-1", NOON.plus(Duration.ofDays(6)), false));
        watermark(NOON.plus(Duration.ofDays(12)));
        process(timeless("e-1", NOON.plus(Duration.ofDays(12)), true));

        assertThat(passed()).hasSize(1);
        assertThat(lines()).containsExactly("COUNTED 1", "DUPLICATE 1", "DEAD_LETTERED 1");
        assertThat(refusals()).containsExactly(RejectReason.TOO_LATE);
    }

    @Test
    void identityIsForgottenByAppendTimeWhetherOrNotItsTimerFired() throws Exception {
        for (boolean timerFired : new boolean[] {false, true}) {
            open();
            process(timeless("e-1", NOON, true));
            Instant after = NOON.plus(MAX_LATENESS).plusMillis(1);
            watermark(timerFired ? FORGOTTEN : NOON);
            process(timeless("e-1", timerFired ? FORGOTTEN : after, false));

            assertThat(lines()).as("timer fired: %s", timerFired).containsExactly("VOID_WAITING 1", "COUNTED 1");
            watermark(FORGOTTEN.plus(MAX_LATENESS).plus(MAX_LATENESS));
            assertThat(harness.numKeyedStateEntries()).isZero();
            assertThat(harness.numEventTimeTimers()).isZero();
        }
    }

    @Test
    void voidsOutliveAChangeOfParallelismAndLeaveNothing() throws Exception {
        for (int i = 0; i < 60; i++) {
            UsageEvent event = event("gateway", "e-" + i, NOON);
            process(i % 2 == 0 ? aVoid(event) : event);
        }
        OperatorSubtaskState snapshot = harness.snapshot(1, 1);
        List<String> lines = new ArrayList<>();
        for (int subtask = 0; subtask < 3; subtask++) {
            restart(snapshot, 3, subtask);
            for (int i = 0; i < 60; i++) {
                UsageEvent event = event("gateway", "e-" + i, NOON);
                if (belongsTo(event, subtask)) {
                    process(i % 2 == 0 ? event : aVoid(event));
                }
            }
            lines.addAll(lines());
            watermark(FORGOTTEN);
            assertThat(harness.numKeyedStateEntries()).isZero();
            assertThat(harness.numEventTimeTimers()).isZero();
        }
        assertThat(lines).filteredOn("WITHDRAWN 1"::equals).hasSize(60);
        assertThat(lines).filteredOn("VOID_WAITING -1"::equals).hasSize(30);
    }

    @Test
    void idIsRememberedUntilJustBeforeItsHorizon() throws Exception {
        process(event("gateway", "e-1", NOON));
        watermark(FORGOTTEN.minusMillis(1));
        process(event("gateway", "e-1", NOON));

        assertThat(passed()).hasSize(1);
    }

    @Test
    void nothingIsLeftAfterTheHorizon() throws Exception {
        process(event("gateway", "e-1", NOON));
        process(event("gateway", "e-2", NOON.plusSeconds(1)));
        process(event("gateway", "e-2", NOON.minusSeconds(7_200)));
        assertThat(rememberedIds()).isEqualTo(2);

        watermark(FORGOTTEN);

        assertThat(harness.numKeyedStateEntries()).isZero();
        assertThat(harness.numEventTimeTimers()).isZero();
    }

    @Test
    void repeatThatClaimsALaterTimeIsRememberedForThatTime() throws Exception {
        Instant later = NOON.plus(Duration.ofDays(5));
        process(event("gateway", "e-1", NOON));
        process(event("gateway", "e-1", later));
        watermark(FORGOTTEN);
        process(event("gateway", "e-1", later));
        assertThat(passed()).hasSize(1);

        watermark(FORGOTTEN.plus(Duration.ofDays(5)));
        assertThat(harness.numKeyedStateEntries()).isZero();
        assertThat(harness.numEventTimeTimers()).isZero();
    }

    @Test
    void eventWhoseIdMayBeForgottenFailsTheTask() throws Exception {
        watermark(FORGOTTEN);

        assertThatThrownBy(() -> process(event("gateway", "e-1", NOON)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("usage-events-0@7")
                .hasMessageContaining("its id may be forgotten");
    }

    /** A repeat without a time of its own has that of its append, which says nothing of the time under which its id was counted. */
    @Test
    void timelessRepeatFarBehindTheWatermarkFailsTheTaskAfterARestartToo() throws Exception {
        Instant repeated = NOON.plus(MAX_LATENESS);
        process(timeless("e-1", NOON, false));
        watermark(FORGOTTEN);
        for (int restarts = 0; restarts < 2; restarts++) {
            assertThatThrownBy(() -> process(timeless("e-1", repeated, false)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("usage-events-0@7")
                    .hasMessageContaining("its id may be forgotten");
            restart(harness.snapshot(1, 1), 1, 0);
        }
        process(timeless("e-1", NOON.plus(MAX_LATENESS).plus(Duration.ofHours(1)), false));
        assertThat(passed()).hasSize(1);
    }

    @Test
    void idsOutliveARestart() throws Exception {
        process(event("gateway", "e-1", NOON));
        restart(harness.snapshot(1, 1), 1, 0);

        process(event("gateway", "e-1", NOON));
        UsageEvent other = event("gateway", "e-2", NOON);
        process(other);
        assertThat(passed()).containsExactly(other);

        watermark(FORGOTTEN);
        assertThat(harness.numKeyedStateEntries()).isZero();
        assertThat(harness.numEventTimeTimers()).isZero();
    }

    @Test
    void idsOutliveAChangeOfParallelism() throws Exception {
        for (int i = 0; i < 100; i++) {
            process(event("gateway", "e-" + i, NOON));
        }
        OperatorSubtaskState snapshot = harness.snapshot(1, 1);
        long remembered = 0;
        for (int subtask = 0; subtask < 3; subtask++) {
            restart(snapshot, 3, subtask);
            remembered += rememberedIds();
            watermark(FORGOTTEN);
            assertThat(harness.numKeyedStateEntries()).isZero();
        }
        assertThat(remembered).isEqualTo(100);
    }

    @Test
    void aLongerMaxLatenessIsRefusedOnState() throws Exception {
        process(event("gateway", "e-1", NOON));
        OperatorSubtaskState snapshot = harness.snapshot(1, 1);

        assertThatThrownBy(() -> restart(snapshot, MAX_LATENESS.plusMillis(1)))
                .isInstanceOf(SuppressRestartsException.class)
                .hasRootCauseInstanceOf(UserError.class)
                .rootCause()
                .hasMessageContainingAll(
                        "metering.max-lateness is 168h0.001s",
                        "remembered ids for 168h",
                        "To mend it: set max-lateness to 168h or less");
    }

    @Test
    void aShorterMaxLatenessGoesOnAndForgetsSooner() throws Exception {
        process(event("gateway", "e-1", NOON));

        restart(harness.snapshot(1, 1), MAX_LATENESS.dividedBy(7));

        process(event("gateway", "e-1", NOON));
        assertThat(passed()).isEmpty();
        watermark(NOON.plus(MAX_LATENESS.dividedBy(7)).plus(Duration.ofHours(3)));
        assertThat(rememberedIds()).isZero();
        OperatorSubtaskState shorter = harness.snapshot(2, 2);
        assertThatThrownBy(() -> restart(shorter, MAX_LATENESS)).isInstanceOf(SuppressRestartsException.class);
    }

    private void restart(OperatorSubtaskState snapshot, Duration maxLateness) throws Exception {
        harness.close();
        harness = harness(maxLateness, 1, 0);
        harness.initializeState(snapshot);
        harness.open();
    }

    private void restart(OperatorSubtaskState snapshot, int parallelism, int subtask) throws Exception {
        harness.close();
        harness = harness(parallelism, subtask);
        harness.initializeState(AbstractStreamOperatorTestHarness.repartitionOperatorState(
                snapshot, MAX_PARALLELISM, 1, parallelism, subtask));
        harness.open();
    }

    private long rememberedIds() {
        return ((DropDuplicates) harness.getOperator()).rememberedIds();
    }

    private void process(UsageEvent event) throws Exception {
        harness.processElement(event, event.appendTimeMillis());
    }

    private void watermark(Instant time) throws Exception {
        harness.processWatermark(time.toEpochMilli());
    }

    private static boolean belongsTo(UsageEvent event, int subtask) {
        return KeyGroupRangeAssignment.assignKeyToParallelOperator(
                        new IdentityShard().getKey(event), MAX_PARALLELISM, 3)
                == subtask;
    }

    /** The lines for the balance sheet so far: outcome and count. */
    private List<String> lines() {
        return side(DropDuplicates.INTAKE).stream()
                .map(line -> line.outcome() + " " + line.count())
                .toList();
    }

    private List<RejectReason> refusals() {
        return side(DropDuplicates.REFUSED_VOIDS).stream()
                .map(Rejection::reason)
                .toList();
    }

    private <T> List<T> side(OutputTag<T> tag) {
        Queue<StreamRecord<T>> side = harness.getSideOutput(tag);
        return side == null
                ? List.of()
                : side.stream().map(StreamRecord::getValue).toList();
    }

    private List<UsageEvent> passed() {
        return new ArrayList<>(harness.extractOutputValues());
    }

    private static KeyedOneInputStreamOperatorTestHarness<Integer, UsageEvent, UsageEvent> harness(
            int parallelism, int subtask) throws Exception {
        return harness(MAX_LATENESS, parallelism, subtask);
    }

    private static KeyedOneInputStreamOperatorTestHarness<Integer, UsageEvent, UsageEvent> harness(
            Duration maxLateness, int parallelism, int subtask) throws Exception {
        return new KeyedOneInputStreamOperatorTestHarness<>(
                new DropDuplicates(maxLateness), new IdentityShard(), Types.INT, MAX_PARALLELISM, parallelism, subtask);
    }

    private static UsageEvent aVoid(UsageEvent event) {
        return event.asVoid(refusal(event));
    }

    private static Rejection refusal(UsageEvent event) {
        return new Rejection(
                event.origin(),
                event.appendTimeMillis(),
                null,
                null,
                List.of(),
                RejectReason.VOID_MISMATCH,
                "no match");
    }

    /** An event or a void that states no time: it has that of its record. */
    private static UsageEvent timeless(String id, Instant append, boolean isVoid) {
        UsageEvent event = new UsageEvent(
                "gateway",
                id,
                "acme",
                append.toEpochMilli(),
                false,
                append.toEpochMilli(),
                new Origin("usage-events", 0, 7),
                List.of(new Measurement("requests", "{}", BigDecimal.ONE)),
                null);
        return isVoid ? aVoid(event) : event;
    }

    private static UsageEvent event(String source, String id, Instant time) {
        return event(source, id, time, "acme", "1", "{}");
    }

    private static UsageEvent event(
            String source, String id, Instant time, String customer, String quantity, String dimensions) {
        return new UsageEvent(
                source,
                id,
                customer,
                time.toEpochMilli(),
                true,
                NOON.toEpochMilli(),
                new Origin("usage-events", 0, 7),
                List.of(new Measurement("requests", dimensions, new BigDecimal(quantity))),
                null);
    }
}
