package io.tallymark.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.usage.BillingHour;
import io.tallymark.usage.IntakeKey;
import io.tallymark.usage.IntakeTally;
import io.tallymark.usage.MeteringProgress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SumIntakeTest {
    private static final Duration MAX_LATENESS = Duration.ofDays(7);
    private static final long FORGOTTEN_MILLIS = new BillingHour(Entries.HOUR).endMillis()
            + MAX_LATENESS.plus(Duration.ofHours(4)).toMillis();
    private static final int MAX_PARALLELISM = 128;

    private KeyedOneInputStreamOperatorTestHarness<IntakeKey, IntakeTally, IntakeTally> harness;
    private int checkpoint;

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
    void writesTheWholeRowBeforeTheBarrierAndNotEarlier() throws Exception {
        process(Entries.counted(Entries.KEY, 10, 15));
        process(Entries.counted(Entries.KEY, 15, 20));
        assertThat(written()).isEmpty();

        snapshot();

        assertThat(written()).containsExactly(Entries.counted(Entries.KEY, 10, 20));
    }

    @Test
    void writesChangedRowsOnlyOlderHoursFirst() throws Exception {
        for (int hour = 20; hour >= 0; hour--) {
            process(Entries.counted(Entries.key(hour % 3, hour), 0, 1));
        }
        snapshot();
        assertThat(written())
                .extracting(row -> row.key().epochHour())
                .isSorted()
                .hasSize(21);

        process(Entries.counted(Entries.KEY, 1, 2));
        snapshot();

        assertThat(written()).hasSize(22).last().isEqualTo(Entries.counted(Entries.KEY, 0, 2));
    }

    @Test
    void rowsContinueFromTheSnapshot() throws Exception {
        process(Entries.counted(Entries.KEY, 10, 15));
        OperatorSubtaskState snapshot = snapshot();
        process(Entries.counted(Entries.KEY, 15, 17));
        restart(snapshot, 1, 0);
        snapshot();
        assertThat(written()).as("what the snapshot holds is written already").isEmpty();

        process(Entries.counted(Entries.KEY, 15, 20));
        snapshot();

        assertThat(written()).containsExactly(Entries.counted(Entries.KEY, 10, 20));
    }

    @Test
    void rowsOutliveAChangeOfParallelism() throws Exception {
        for (int hour = 0; hour < 50; hour++) {
            process(Entries.counted(Entries.key(hour % 4, hour), 0, 5));
        }
        OperatorSubtaskState snapshot = snapshot();
        int kept = 0;
        for (int subtask = 0; subtask < 3; subtask++) {
            restart(snapshot, 3, subtask);
            kept += harness.numKeyedStateEntries();
        }
        assertThat(kept).isEqualTo(50);
    }

    @Test
    void revokedVoidChangesAnOlderRow() throws Exception {
        process(new IntakeTally(Entries.KEY, 10, 11, 1, Map.of("VOID_WAITING", 1L)));
        restart(snapshot(), 1, 0);
        harness.processWatermark(FORGOTTEN_MILLIS - 1);

        process(Entries.decided(Entries.KEY, Map.of("VOID_WAITING", -1L, "WITHDRAWN", 1L)));
        snapshot();

        assertThat(written()).containsExactly(new IntakeTally(Entries.KEY, 10, 11, 1, Map.of("WITHDRAWN", 1L)));
    }

    @Test
    void nothingIsLeftAfterMaxLatenessAndSlack() throws Exception {
        process(Entries.counted(Entries.KEY, 10, 15));
        process(Entries.counted(Entries.key(1, 0), 3, 4));
        harness.processWatermark(FORGOTTEN_MILLIS - 1);
        assertThat(harness.numKeyedStateEntries()).isEqualTo(2);

        harness.processWatermark(FORGOTTEN_MILLIS);

        assertThat(written())
                .as("written before they are forgotten")
                .containsExactlyInAnyOrder(
                        Entries.counted(Entries.KEY, 10, 15), Entries.counted(Entries.key(1, 0), 3, 4));
        assertNothingIsLeft();
        snapshot();
        assertThat(written()).hasSize(2);
    }

    @Test
    void lineOfAForgottenRowLeavesNothingBehind() throws Exception {
        harness.processWatermark(FORGOTTEN_MILLIS);
        process(Entries.decided(Entries.KEY, Map.of("VOID_WAITING", -1L, "WITHDRAWN", 1L)));
        snapshot();
        harness.processWatermark(FORGOTTEN_MILLIS + 1);

        assertThat(written()).isEmpty();
        assertNothingIsLeft();
    }

    @Test
    void writesAtTheEndOfTheInput() throws Exception {
        process(Entries.counted(Entries.KEY, 10, 15));
        harness.getOperator().finish();

        assertThat(written()).hasSize(1);
    }

    @Test
    void everyCheckpointIsASignOfLife() throws Exception {
        snapshot();
        process(Entries.counted(Entries.KEY, 10, 15));
        harness.processWatermark(5);
        snapshot();
        snapshot();

        assertThat(harness.getSideOutput(SumIntake.PROGRESS))
                .extracting(StreamRecord::getValue)
                .containsExactly(
                        new MeteringProgress("usage-events", Long.MIN_VALUE, false),
                        new MeteringProgress("usage-events", 5, true),
                        new MeteringProgress("usage-events", 5, false));
    }

    private OperatorSubtaskState snapshot() throws Exception {
        checkpoint++;
        harness.prepareSnapshotPreBarrier(checkpoint);
        return harness.snapshot(checkpoint, checkpoint);
    }

    private void restart(OperatorSubtaskState snapshot, int parallelism, int subtask) throws Exception {
        harness.close();
        harness = harness(parallelism, subtask);
        harness.initializeState(AbstractStreamOperatorTestHarness.repartitionOperatorState(
                snapshot, MAX_PARALLELISM, 1, parallelism, subtask));
        harness.open();
    }

    private void process(IntakeTally part) throws Exception {
        harness.processElement(new StreamRecord<>(part));
    }

    private List<IntakeTally> written() {
        return new ArrayList<>(harness.extractOutputValues());
    }

    private void assertNothingIsLeft() {
        assertThat(harness.numKeyedStateEntries()).isZero();
        assertThat(harness.numEventTimeTimers()).isZero();
    }

    private static KeyedOneInputStreamOperatorTestHarness<IntakeKey, IntakeTally, IntakeTally> harness(
            int parallelism, int subtask) throws Exception {
        return new KeyedOneInputStreamOperatorTestHarness<>(
                new SumIntake("usage-events", MAX_LATENESS),
                IntakeTally::key,
                TypeInformation.of(IntakeKey.class),
                MAX_PARALLELISM,
                parallelism,
                subtask);
    }
}
