package io.tallymark.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallymark.usage.Aggregation;
import io.tallymark.usage.Contribution;
import io.tallymark.usage.Fingerprint;
import io.tallymark.usage.HourlyTotal;
import io.tallymark.usage.UsageKey;
import io.tallymark.usage.UserError;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a change of the meters does to totals that are in state. */
class ChangedMetersTest {
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static final Instant ONE = NOON.plus(Duration.ofHours(1));
    private static final Map<String, Aggregation> TOKENS = Map.of("tokens", Aggregation.SUM);

    private KeyedOneInputStreamOperatorTestHarness<UsageKey, Subtotal, HourlyTotal> harness;

    @BeforeEach
    void open() throws Exception {
        harness = harness(Map.of("tokens", Aggregation.SUM, "peak", Aggregation.MAX));
        harness.open();
    }

    @AfterEach
    void close() throws Exception {
        harness.close();
    }

    @Test
    void theHoursOfARemovedMeterCloseByItsOwnRule() throws Exception {
        process("peak", "e-1", 7, false);
        process("peak", "e-2", 9, false);
        // Now the second largest has to be found in the log.
        process("peak", "e-2", 9, true);

        restart(TOKENS);
        // The rule is in the second state too, though no configuration named it.
        restart(TOKENS);
        harness.processWatermark(ONE.toEpochMilli());

        assertThat(harness.extractOutputValues())
                .singleElement()
                .satisfies(total -> assertThat(total.quantity()).isEqualByComparingTo("7"))
                .satisfies(total -> assertThat(total.closed()).isTrue());
    }

    @Test
    void anAddedMeterBeginsWithItsFirstEvent() throws Exception {
        restart(Map.of("tokens", Aggregation.SUM, "peak", Aggregation.MAX, "calls", Aggregation.COUNT));

        process("calls", "e-1", 1, false);
        harness.processWatermark(ONE.toEpochMilli());

        assertThat(harness.extractOutputValues())
                .extracting(total -> total.key().metric())
                .isEqualTo(List.of("calls"));
    }

    @Test
    void anotherAggregationOfAMeterIsRefused() throws Exception {
        assertThatThrownBy(() -> restart(Map.of("tokens", Aggregation.MAX)))
                .isInstanceOf(SuppressRestartsException.class)
                .hasRootCauseInstanceOf(UserError.class)
                .rootCause()
                .hasMessageContainingAll(
                        "the meter tokens has aggregation max, but the job's state has totals of it by sum",
                        "To mend it: give the changed meter another metric name");
    }

    private void restart(Map<String, Aggregation> aggregations) throws Exception {
        OperatorSubtaskState snapshot = harness.snapshot(1, 1);
        harness.close();
        harness = harness(aggregations);
        harness.initializeState(snapshot);
        harness.open();
    }

    private void process(String metric, String id, long quantity, boolean withdrawn) throws Exception {
        Fingerprint fingerprint = Fingerprint.of("test", id);
        harness.processElement(
                Subtotal.of(new Contribution(
                        new UsageKey(metric, "acme", "{}"),
                        NOON.toEpochMilli(),
                        BigDecimal.valueOf(quantity),
                        fingerprint.high(),
                        fingerprint.low(),
                        withdrawn)),
                0);
    }

    private static KeyedOneInputStreamOperatorTestHarness<UsageKey, Subtotal, HourlyTotal> harness(
            Map<String, Aggregation> aggregations) throws Exception {
        AggregateSettings settings = new AggregateSettings(Duration.ofDays(7), Duration.ofSeconds(60), aggregations);
        return new KeyedOneInputStreamOperatorTestHarness<>(
                new KeyedProcessOperator<>(new SumHours(settings, Long.MIN_VALUE)),
                Subtotal::key,
                TypeInformation.of(UsageKey.class));
    }
}
