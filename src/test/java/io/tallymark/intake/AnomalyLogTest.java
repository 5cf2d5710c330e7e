package io.tallymark.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.proof.LogCapture;
import io.tallymark.usage.IntakeKey;
import io.tallymark.usage.IntakeTally;
import io.tallymark.usage.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the job's log says of records that are not counted, read from the log of the running operator. */
class AnomalyLogTest {
    private static final String UNREADABLE = IntakeTally.label(Outcome.DEAD_LETTERED, "UNREADABLE");
    private static final String TOO_LATE = IntakeTally.label(Outcome.DEAD_LETTERED, "TOO_LATE");

    private final LogCapture log = LogCapture.everything();
    private KeyedOneInputStreamOperatorTestHarness<IntakeKey, IntakeTally, IntakeTally> harness;
    private long checkpoint;

    @BeforeEach
    void open() throws Exception {
        harness = new KeyedOneInputStreamOperatorTestHarness<>(
                new SumIntake("usage-events", Duration.ofDays(7)),
                IntakeTally::key,
                TypeInformation.of(IntakeKey.class));
        harness.setProcessingTime(Entries.NOON.toEpochMilli());
        harness.open();
    }

    @AfterEach
    void close() throws Exception {
        harness.close();
        log.close();
    }

    @Test
    void manyRecordsAreOneLine() throws Exception {
        for (int i = 0; i < 1_200; i++) {
            came(i % 4 == 0 ? UNREADABLE : TOO_LATE, 1);
        }
        came(Outcome.CONFLICT.name(), 201);
        came(IntakeTally.label(Outcome.UNCOVERED, "2026-03-01T11:00:00Z"), 7);
        checkpointAfter(Duration.ofSeconds(10));

        assertThat(lines())
                .containsExactly("WARN io.tallymark.intake.AnomalyLog Records were not counted: topic=usage-events"
                        + " dead_letters=1200 reasons=\"TOO_LATE=900 UNREADABLE=300\" conflicts=201 uncovered=7"
                        + " since=2026-03-01T12:00:00Z; see ./tallymark status and ./tallymark dead-letters list");
    }

    @Test
    void ordinaryRecordsRepeatsAndIgnoredOnesAreNone() throws Exception {
        for (Outcome outcome :
                List.of(Outcome.COUNTED, Outcome.WITHDRAWN, Outcome.DUPLICATE, Outcome.VOID_WAITING, Outcome.IGNORED)) {
            came(outcome.name(), 1_000);
        }
        checkpointAfter(Duration.ofSeconds(10));
        harness.close();

        assertThat(lines()).isEmpty();
    }

    @Test
    void atMostOneLineAMinuteLeavesNothingOut() throws Exception {
        for (int i = 0; i < 12; i++) {
            came(UNREADABLE, 5);
            checkpointAfter(Duration.ofSeconds(10));
        }

        assertThat(lines()).hasSize(2);
        assertThat(lines().get(0)).contains("dead_letters=5 ", "since=2026-03-01T12:00:00Z");
        assertThat(lines().get(1)).contains("dead_letters=30 ", "since=2026-03-01T12:00:10Z");
    }

    @Test
    void sinceIsTheLastCheckpointWithoutAny() throws Exception {
        checkpointAfter(Duration.ofHours(3));
        came(UNREADABLE, 1);
        checkpointAfter(Duration.ofSeconds(10));

        assertThat(lines()).singleElement().asString().contains("since=2026-03-01T15:00:00Z");
    }

    @Test
    void theTasksEndTellsTheRest() throws Exception {
        came(UNREADABLE, 5);
        checkpointAfter(Duration.ofSeconds(10));
        came(UNREADABLE, 6);
        checkpointAfter(Duration.ofSeconds(10));
        harness.close();

        assertThat(lines()).hasSize(2).last().asString().contains("dead_letters=6 ");
    }

    private void came(String label, long count) throws Exception {
        harness.processElement(new StreamRecord<>(Entries.decided(Entries.KEY, Map.of(label, count))));
    }

    private void checkpointAfter(Duration time) throws Exception {
        harness.setProcessingTime(harness.getProcessingTime() + time.toMillis());
        checkpoint++;
        harness.prepareSnapshotPreBarrier(checkpoint);
        harness.snapshot(checkpoint, checkpoint);
    }

    private List<String> lines() {
        return log.lines("Records were not counted");
    }
}
