package io.tallymark.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.usage.Aggregation;
import io.tallymark.usage.Contribution;
import io.tallymark.usage.Fingerprint;
import io.tallymark.usage.HourlyTotal;
import io.tallymark.usage.UsageKey;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A job that reads again what another one has counted shows nothing until it is as far. */
class CatchUpTest {
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static final Instant FORMER_JOB_STOPPED = NOON.plus(Duration.ofMinutes(30 * 60 + 30));
    private static final Duration MAX_LATENESS = Duration.ofDays(7);
    private static final Duration EARLY_RESULTS = Duration.ofSeconds(60);

    private KeyedOneInputStreamOperatorTestHarness<UsageKey, Subtotal, HourlyTotal> harness;
    private long clockMillis;

    @BeforeEach
    void open() throws Exception {
        AggregateSettings settings =
                new AggregateSettings(MAX_LATENESS, EARLY_RESULTS, Map.of("requests", Aggregation.COUNT));
        harness = new KeyedOneInputStreamOperatorTestHarness<>(
                new KeyedProcessOperator<>(new SumHours(settings, FORMER_JOB_STOPPED.toEpochMilli())),
                Subtotal::key,
                TypeInformation.of(UsageKey.class));
        harness.open();
    }

    @AfterEach
    void close() throws Exception {
        harness.close();
    }

    @Test
    void closedHourIsWrittenWithItsLateEventsOnceTheJobIsAsFarAsTheFormerOne() throws Exception {
        add("on time", NOON);
        watermark(NOON.plus(Duration.ofHours(2)));
        pass(EARLY_RESULTS);
        add("late", NOON);
        watermark(FORMER_JOB_STOPPED.minusMillis(1));
        pass(EARLY_RESULTS);
        assertThat(written()).as("without the late event the row would go down").isEmpty();

        watermark(FORMER_JOB_STOPPED);
        pass(EARLY_RESULTS);
        assertThat(written()).containsExactly("2 events closed");

        pass(EARLY_RESULTS);
        assertThat(written()).as("nothing changed since").hasSize(1);
    }

    @Test
    void earlyResultsWaitAsWell() throws Exception {
        Instant running = FORMER_JOB_STOPPED.minusSeconds(60);
        add("a", running);
        pass(EARLY_RESULTS);
        assertThat(written()).isEmpty();

        watermark(FORMER_JOB_STOPPED);
        pass(EARLY_RESULTS);
        assertThat(written()).containsExactly("1 events open");
    }

    @Test
    void hourThatIsFullyReadIsWrittenBeforeItIsForgotten() throws Exception {
        KeyedOneInputStreamOperatorTestHarness<UsageKey, Subtotal, HourlyTotal> longWay =
                new KeyedOneInputStreamOperatorTestHarness<>(
                        new KeyedProcessOperator<>(new SumHours(
                                new AggregateSettings(
                                        MAX_LATENESS, EARLY_RESULTS, Map.of("requests", Aggregation.COUNT)),
                                NOON.plus(Duration.ofDays(60)).toEpochMilli())),
                        Subtotal::key,
                        TypeInformation.of(UsageKey.class));
        try (longWay) {
            longWay.open();
            longWay.processElement(new StreamRecord<>(event("a", NOON)));
            longWay.processWatermark(new Watermark(NOON.plus(Duration.ofDays(9)).toEpochMilli()));

            assertThat(longWay.extractOutputValues())
                    .extracting(HourlyTotal::closed)
                    .containsExactly(true);
        }
    }

    private void add(String id, Instant time) throws Exception {
        harness.processElement(new StreamRecord<>(event(id, time)));
    }

    private static Subtotal event(String id, Instant time) {
        Fingerprint fingerprint = Fingerprint.of("test", id);
        return Subtotal.of(new Contribution(
                new UsageKey("requests", "acme", "{}"),
                time.toEpochMilli(),
                BigDecimal.ONE,
                fingerprint.high(),
                fingerprint.low(),
                false));
    }

    private void watermark(Instant time) throws Exception {
        harness.processWatermark(new Watermark(time.toEpochMilli()));
    }

    /** Twice the time, for each key writes at its own second. */
    private void pass(Duration time) throws Exception {
        clockMillis += 2 * time.toMillis();
        harness.setProcessingTime(clockMillis);
    }

    private List<String> written() {
        return harness.extractOutputValues().stream()
                .map(total -> total.eventCount() + " events " + (total.closed() ? "closed" : "open"))
                .toList();
    }
}
