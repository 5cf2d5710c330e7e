package io.tallymark.dedup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallymark.usage.Measurement;
import io.tallymark.usage.Origin;
import io.tallymark.usage.UsageEvent;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DropDuplicatesTest {
    private static final Duration MAX_LATENESS = Duration.ofDays(7);
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static final Instant FORGOTTEN = NOON.plus(MAX_LATENESS).plus(Duration.ofHours(2));
    private static final int MAX_PARALLELISM = 128;

    private KeyedOneInputStreamOperatorTestHarness<String, UsageEvent, UsageEvent> harness;

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
    void repeatWithAnotherTimeOrPayloadIsARepeat() throws Exception {
        process(event("gateway", "e-1", NOON));
        process(event("gateway", "e-1", NOON.minusSeconds(3_600)));
        process(event("gateway", "e-1", NOON.plusSeconds(3_600)));

        assertThat(passed()).hasSize(1);
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
        assertThat(harness.numKeyedStateEntries()).isEqualTo(2);

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
        int remembered = 0;
        for (int subtask = 0; subtask < 3; subtask++) {
            restart(snapshot, 3, subtask);
            remembered += harness.numKeyedStateEntries();
            watermark(FORGOTTEN);
            assertThat(harness.numKeyedStateEntries()).isZero();
        }
        assertThat(remembered).isEqualTo(100);
    }

    private void restart(OperatorSubtaskState snapshot, int parallelism, int subtask) throws Exception {
        harness.close();
        harness = harness(parallelism, subtask);
        harness.initializeState(AbstractStreamOperatorTestHarness.repartitionOperatorState(
                snapshot, MAX_PARALLELISM, 1, parallelism, subtask));
        harness.open();
    }

    private void process(UsageEvent event) throws Exception {
        harness.processElement(event, event.appendTimeMillis());
    }

    private void watermark(Instant time) throws Exception {
        harness.processWatermark(time.toEpochMilli());
    }

    private List<UsageEvent> passed() {
        return new ArrayList<>(harness.extractOutputValues());
    }

    private static KeyedOneInputStreamOperatorTestHarness<String, UsageEvent, UsageEvent> harness(
            int parallelism, int subtask) throws Exception {
        return new KeyedOneInputStreamOperatorTestHarness<>(
                new KeyedProcessOperator<>(new DropDuplicates(MAX_LATENESS)),
                new EventIdentity(),
                Types.STRING,
                MAX_PARALLELISM,
                parallelism,
                subtask);
    }

    private static UsageEvent event(String source, String id, Instant time) {
        return new UsageEvent(
                source,
                id,
                "acme",
                time.toEpochMilli(),
                true,
                NOON.toEpochMilli(),
                new Origin("usage-events", 0, 7),
                List.of(new Measurement("requests", "{}", BigDecimal.ONE)),
                null);
    }
}
