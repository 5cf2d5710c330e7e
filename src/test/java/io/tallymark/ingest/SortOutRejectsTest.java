package io.tallymark.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallymark.usage.IntakeEntry;
import io.tallymark.usage.Measurement;
import io.tallymark.usage.Origin;
import io.tallymark.usage.Outcome;
import io.tallymark.usage.UsageEvent;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which accepted events go on, and what a job's state says about it. */
@SuppressWarnings("try") // The harness says that close() throws Exception.
class SortOutRejectsTest {
    private static final Instant ONE = Instant.parse("2026-03-01T13:00:00Z");
    private static final StartingPoint FROM_ONE = startingPoint("events", "id-1", ONE);
    private static final Origin ORIGIN = new Origin("events", 0, 7);

    @Test
    void eventOfACoveredHourGoesOnAndOneOfAnEarlierHourDoesNot() throws Exception {
        try (var harness = harness(FROM_ONE, null)) {
            process(harness, ONE);
            process(harness, ONE.minusMillis(1));

            assertThat(harness.extractOutputValues())
                    .extracting(UsageEvent::timeMillis)
                    .containsExactly(ONE.toEpochMilli());
            assertThat(intake(harness))
                    .containsExactly(
                            IntakeEntry.read(ORIGIN, ONE.toEpochMilli()),
                            IntakeEntry.readAs(Outcome.UNCOVERED, "2026-03-01T12:00:00Z", ORIGIN, ONE.toEpochMilli()));
        }
    }

    @Test
    void tickEndsHereAndIsNoRecord() throws Exception {
        try (var harness = harness(FROM_ONE, null)) {
            harness.processElement(Ingested.tick(ONE.toEpochMilli()), ONE.toEpochMilli());

            assertThat(harness.getOutput()).isEmpty();
            assertThat(harness.getSideOutput(SortOutRejects.INTAKE)).isNull();
        }
    }

    @Test
    void stateKnowsBetterThanTheStartingPoint() throws Exception {
        OperatorSubtaskState state = stateOf(FROM_ONE);
        try (var harness = harness(startingPoint("events", "id-1", ONE.plusSeconds(7_200)), state)) {
            process(harness, ONE);

            assertThat(harness.extractOutputValues()).hasSize(1);
        }
    }

    @Test
    void stateOfAnotherTopicIsRefused() throws Exception {
        OperatorSubtaskState state = stateOf(FROM_ONE);

        assertThatThrownBy(() -> harness(startingPoint("other", "id-1", ONE), state))
                .isInstanceOf(SuppressRestartsException.class)
                .hasStackTraceContaining("state is of the topic events, but kafka.topic is other");
    }

    @Test
    void stateOfAnEarlierTopicOfTheSameNameIsRefused() throws Exception {
        OperatorSubtaskState state = stateOf(FROM_ONE);

        assertThatThrownBy(() -> harness(startingPoint("events", "id-2", ONE), state))
                .isInstanceOf(SuppressRestartsException.class)
                .hasStackTraceContaining("events was deleted and created again");
    }

    private static OperatorSubtaskState stateOf(StartingPoint start) throws Exception {
        try (var harness = harness(start, null)) {
            return harness.snapshot(1, 1);
        }
    }

    private static OneInputStreamOperatorTestHarness<Ingested, UsageEvent> harness(
            StartingPoint start, @Nullable OperatorSubtaskState state) throws Exception {
        OneInputStreamOperatorTestHarness<Ingested, UsageEvent> harness =
                new OneInputStreamOperatorTestHarness<>(new ProcessOperator<>(new SortOutRejects(start)));
        if (state != null) {
            harness.initializeState(state);
        }
        harness.open();
        return harness;
    }

    private static List<IntakeEntry> intake(OneInputStreamOperatorTestHarness<Ingested, UsageEvent> harness) {
        List<IntakeEntry> entries = new ArrayList<>();
        harness.getSideOutput(SortOutRejects.INTAKE).forEach(record -> entries.add(record.getValue()));
        return entries;
    }

    private static void process(OneInputStreamOperatorTestHarness<Ingested, UsageEvent> harness, Instant time)
            throws Exception {
        UsageEvent event = new UsageEvent(
                "gateway",
                "e-" + time,
                "acme",
                time.toEpochMilli(),
                true,
                ONE.toEpochMilli(),
                ORIGIN,
                List.of(new Measurement("requests", "{}", BigDecimal.ONE)),
                null);
        harness.processElement(Ingested.accepted(event), ONE.toEpochMilli());
    }

    private static StartingPoint startingPoint(String topic, String topicId, Instant coveredFrom) {
        return new StartingPoint(topic, topicId, Map.of(), coveredFrom.toEpochMilli());
    }
}
