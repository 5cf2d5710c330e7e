package io.tallymark.intake;

import static io.tallymark.usage.Outcome.COUNTED;
import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.usage.BillingHour;
import io.tallymark.usage.IntakeEntry;
import io.tallymark.usage.IntakeKey;
import io.tallymark.usage.IntakeTally;
import io.tallymark.usage.Origin;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BundleIntakeTest {
    private OneInputStreamOperatorTestHarness<IntakeEntry, IntakeTally> harness;

    @BeforeEach
    void open() throws Exception {
        harness = new OneInputStreamOperatorTestHarness<>(new BundleIntake());
        harness.open();
    }

    @AfterEach
    void close() throws Exception {
        harness.close();
    }

    @Test
    void handsOneSumOnForEachRowBeforeTheBarrier() throws Exception {
        for (long offset = 0; offset < 100; offset++) {
            process(Entries.read(offset));
            process(Entries.decided(COUNTED, offset));
        }
        assertThat(handedOn()).isEmpty();

        harness.prepareSnapshotPreBarrier(1);

        assertThat(handedOn()).containsExactly(Entries.counted(Entries.KEY, 0, 100));
    }

    @Test
    void handsNothingOnTwice() throws Exception {
        process(Entries.read(1));
        harness.prepareSnapshotPreBarrier(1);
        harness.prepareSnapshotPreBarrier(2);
        harness.getOperator().finish();

        assertThat(handedOn()).hasSize(1);
    }

    @Test
    void handsOnAtTheEndOfTheInput() throws Exception {
        process(Entries.read(1));
        harness.getOperator().finish();

        assertThat(handedOn()).containsExactly(new IntakeTally(Entries.KEY, 1, 2, 1, Map.of()));
    }

    @Test
    void handsAnHourOnBeforeTheWatermarkThatEndsIt() throws Exception {
        Watermark end = new Watermark(new BillingHour(Entries.HOUR).endMillis());
        process(Entries.read(1));
        process(read(0, 1));
        harness.processWatermark(end.getTimestamp() - 1);
        assertThat(handedOn()).isEmpty();

        harness.processWatermark(end);

        assertThat(List.copyOf(harness.getOutput()).subList(1, 3))
                .containsExactly(new StreamRecord<>(new IntakeTally(Entries.KEY, 1, 2, 1, Map.of())), end);
        assertThat(handedOn()).as("the running hour stays").hasSize(1);
    }

    @Test
    void handsOnBeforeItsInputBecomesIdle() throws Exception {
        process(Entries.read(1));
        harness.processWatermarkStatus(WatermarkStatus.IDLE);

        assertThat(handedOn()).hasSize(1);
        assertThat(harness.getOutput()).last().isEqualTo(WatermarkStatus.IDLE);
    }

    @Test
    void holdsABoundedNumberOfRows() throws Exception {
        for (int hour = 0; hour < 3 * BundleIntake.MAX_ROWS; hour++) {
            process(read(hour % 7, hour));
        }

        assertThat(handedOn()).hasSizeBetween(2 * BundleIntake.MAX_ROWS, 3 * BundleIntake.MAX_ROWS);
        harness.prepareSnapshotPreBarrier(1);
        assertThat(handedOn().stream().mapToLong(IntakeTally::read).sum()).isEqualTo(3 * BundleIntake.MAX_ROWS);
    }

    /** Runs and single records, of one partition or hour and of several, and a row that was handed on in the middle of a run. */
    @Test
    void everyLineEntersTheRowOfItsPartitionAndHour() throws Exception {
        long seed = Long.getLong("tallymark.seed", System.nanoTime());
        Random random = new Random(seed);
        Map<IntakeKey, Long> expected = new HashMap<>();
        for (int i = 0; i < 2_000; i++) {
            IntakeEntry entry = read(random.nextInt(3), random.nextInt(3));
            for (int run = random.nextInt(4); run >= 0; run--) {
                process(entry);
                expected.merge(
                        Entries.key(
                                entry.origin().partition(), (int) entry.origin().offset()),
                        1L,
                        Long::sum);
                if (random.nextInt(20) == 0) {
                    harness.prepareSnapshotPreBarrier(i);
                }
            }
        }
        harness.prepareSnapshotPreBarrier(2_000);

        Map<IntakeKey, Long> read = new HashMap<>();
        handedOn().forEach(tally -> read.merge(tally.key(), tally.read(), Long::sum));
        assertThat(read).as("seed %d", seed).isEqualTo(expected);
    }

    /** The same partition and hour of two topics: the job reads one, but a line says its own. */
    @Test
    void rowsOfTwoTopicsAreTwo() throws Exception {
        process(Entries.read(1));
        process(IntakeEntry.read(new Origin("other", 0, 1), Entries.NOON.toEpochMilli()));
        harness.prepareSnapshotPreBarrier(1);

        assertThat(handedOn())
                .extracting(tally -> tally.key().topic())
                .containsExactlyInAnyOrder("usage-events", "other");
    }

    private void process(IntakeEntry entry) throws Exception {
        harness.processElement(entry, entry.appendTimeMillis());
    }

    private List<IntakeTally> handedOn() {
        return new ArrayList<>(harness.extractOutputValues());
    }

    private static IntakeEntry read(int partition, int hoursAfterNoon) {
        return IntakeEntry.read(
                new Origin("usage-events", partition, hoursAfterNoon),
                Entries.NOON.toEpochMilli() + hoursAfterNoon * BillingHour.MILLIS);
    }
}
