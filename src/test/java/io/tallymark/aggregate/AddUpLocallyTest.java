package io.tallymark.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.usage.Aggregation;
import io.tallymark.usage.Contribution;
import io.tallymark.usage.Fingerprint;
import io.tallymark.usage.UsageKey;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
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

class AddUpLocallyTest {
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static final AggregateSettings SETTINGS = new AggregateSettings(
            Duration.ofDays(7),
            Duration.ofSeconds(60),
            Map.of(
                    "tokens", Aggregation.SUM,
                    "requests", Aggregation.COUNT,
                    "peak", Aggregation.MAX,
                    "price", Aggregation.LAST));

    private OneInputStreamOperatorTestHarness<Contribution, Subtotal> harness;

    @BeforeEach
    void open() throws Exception {
        harness = new OneInputStreamOperatorTestHarness<>(new AddUpLocally(SETTINGS));
        harness.open();
    }

    @AfterEach
    void close() throws Exception {
        harness.close();
    }

    @Test
    void contributionsToOneTotalBecomeOneSubtotal() throws Exception {
        Contribution a = contribution("tokens", "a", NOON, 3, false);
        Contribution b = contribution("tokens", "b", NOON.plusSeconds(60), 4, false);
        add(a);
        add(b);
        add(contribution("tokens", "a", NOON, 3, true));
        assertThat(output()).as("nothing is handed on yet").isEmpty();

        harness.prepareSnapshotPreBarrier(1);

        Fingerprint digest = b.fingerprint();
        assertThat(output())
                .containsExactly(new Subtotal(
                        a.key(), NOON.toEpochMilli(), BigDecimal.valueOf(4), 2, 1, digest.high(), digest.low()));
    }

    @Test
    void eachHourHasItsOwnSubtotal() throws Exception {
        add(contribution("requests", "a", NOON.plusSeconds(3599), 1, false));
        add(contribution("requests", "b", NOON.plusSeconds(3600), 1, false));

        harness.prepareSnapshotPreBarrier(1);

        assertThat(output()).hasSize(2);
    }

    @Test
    void whatDoesNotAddUpPassesAtOnceAndWhole() throws Exception {
        List<Contribution> contributions = List.of(
                contribution("peak", "a", NOON, 3, false),
                contribution("price", "a", NOON, 3, false),
                contribution("price", "a", NOON, 3, true),
                contribution("unknown", "b", NOON, 5, false));
        for (Contribution contribution : contributions) {
            add(contribution);
        }

        assertThat(output())
                .extracting(subtotal -> ((Subtotal) subtotal).only())
                .containsExactlyElementsOf(contributions);
    }

    @Test
    void aSecondIsTheLongestThatAnythingWaits() throws Exception {
        harness.processWatermark(NOON.toEpochMilli());
        add(contribution("tokens", "a", NOON, 3, false));
        harness.processWatermark(NOON.toEpochMilli() + 5);
        harness.processWatermark(NOON.toEpochMilli() + 6);
        harness.setProcessingTime(AddUpLocally.HELD_MILLIS - 1);
        assertThat(output()).containsExactly(NOON.toEpochMilli());

        harness.setProcessingTime(AddUpLocally.HELD_MILLIS);
        add(contribution("tokens", "b", NOON, 4, false));
        harness.setProcessingTime(AddUpLocally.HELD_MILLIS * 2);

        assertThat(kinds()).containsExactly("1 counted", NOON.toEpochMilli() + 6L, "1 counted");
    }

    @Test
    void watermarkThatEndsAnHourWaitsForNothingAndOvertakesNothing() throws Exception {
        long hourEnd = NOON.plusSeconds(3600).toEpochMilli() - 1;
        harness.processWatermark(NOON.toEpochMilli());
        add(contribution("tokens", "a", NOON, 3, false));
        harness.processWatermark(hourEnd - 1);
        harness.processWatermark(hourEnd);

        assertThat(kinds()).containsExactly(NOON.toEpochMilli(), "1 counted", hourEnd);

        add(contribution("tokens", "late", NOON, 3, false));
        harness.processWatermark(Watermark.MAX_WATERMARK);
        assertThat(kinds()).containsExactly("1 counted", Long.MAX_VALUE);
    }

    @Test
    void anIdleInputAndTheEndHandEverythingOn() throws Exception {
        harness.processWatermark(NOON.toEpochMilli());
        add(contribution("tokens", "a", NOON, 3, false));
        harness.processWatermark(NOON.toEpochMilli() + 5);
        harness.processWatermarkStatus(WatermarkStatus.IDLE);
        assertThat(kinds())
                .containsExactly(NOON.toEpochMilli(), "1 counted", NOON.toEpochMilli() + 5L, WatermarkStatus.IDLE);

        add(contribution("tokens", "b", NOON, 3, false));
        harness.endInput();
        harness.getOneInputOperator().finish();
        assertThat(kinds()).containsExactly("1 counted");
    }

    @Test
    void whatIsHeldBackIsBounded() throws Exception {
        for (int i = 0; i < AddUpLocally.MOST_SUBTOTALS; i++) {
            add(contribution("requests", "a", NOON.plus(Duration.ofHours(i)), 1, false));
        }

        assertThat(output()).hasSize(AddUpLocally.MOST_SUBTOTALS);
        add(contribution("requests", "a", NOON, 1, false));
        assertThat(output()).as("there is room again").isEmpty();
    }

    @Test
    void whereverItHandsOnTotalsAreThoseOfEachContributionAlone() throws Exception {
        for (long seed = 1; seed <= 50; seed++) {
            Random random = new Random(seed);
            Map<String, RunningTotal> alone = new HashMap<>();
            Map<String, RunningTotal> together = new HashMap<>();
            List<Contribution> counted = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                Contribution next = next(random, counted, seed + "-" + i);
                Aggregation aggregation = next.key().metric().equals("tokens") ? Aggregation.SUM : Aggregation.COUNT;
                String total = next.key() + " " + next.hour();
                alone.put(total, alone.getOrDefault(total, RunningTotal.EMPTY).with(next, aggregation));
                add(next);
                if (random.nextInt(20) == 0) {
                    harness.prepareSnapshotPreBarrier(i);
                }
            }
            harness.prepareSnapshotPreBarrier(0);
            for (Object each : output()) {
                Subtotal subtotal = (Subtotal) each;
                String total = subtotal.key() + " " + subtotal.hour();
                together.put(
                        total, together.getOrDefault(total, RunningTotal.EMPTY).with(subtotal));
            }

            assertThat(rows(together)).as("seed %s", seed).isEqualTo(rows(alone));
        }
    }

    /** Of meters that add up; one in five takes an event out that was counted before. */
    private static Contribution next(Random random, List<Contribution> counted, String id) {
        if (!counted.isEmpty() && random.nextInt(5) == 0) {
            Contribution gone = counted.remove(random.nextInt(counted.size()));
            return new Contribution(
                    gone.key(),
                    gone.timeMillis(),
                    gone.quantity(),
                    gone.fingerprintHigh(),
                    gone.fingerprintLow(),
                    true);
        }
        Contribution added = contribution(
                random.nextBoolean() ? "tokens" : "requests",
                id,
                NOON.plusSeconds(random.nextInt(3 * 3600)),
                random.nextInt(100),
                false);
        counted.add(added);
        return added;
    }

    private static Map<String, Object> rows(Map<String, RunningTotal> totals) {
        Map<String, Object> rows = new HashMap<>();
        UsageKey key = new UsageKey("any", "acme", "{}");
        totals.forEach((name, total) -> rows.put(name, total.asRow(key, 0)));
        return rows;
    }

    private void add(Contribution contribution) throws Exception {
        harness.processElement(new StreamRecord<>(contribution));
    }

    /** What was handed on since the last call: subtotals, the times of watermarks, and their status. */
    private List<Object> output() {
        List<Object> all = new ArrayList<>();
        for (Object element = harness.getOutput().poll();
                element != null;
                element = harness.getOutput().poll()) {
            if (element instanceof Watermark mark) {
                all.add(mark.getTimestamp());
            } else {
                all.add(element instanceof StreamRecord<?> record ? record.getValue() : element);
            }
        }
        return all;
    }

    private List<Object> kinds() {
        return output().stream()
                .map(each -> each instanceof Subtotal subtotal ? subtotal.counted() + " counted" : each)
                .toList();
    }

    private static Contribution contribution(String metric, String id, Instant time, long quantity, boolean withdrawn) {
        Fingerprint fingerprint = Fingerprint.of("test", id);
        return new Contribution(
                new UsageKey(metric, "acme", "{}"),
                time.toEpochMilli(),
                BigDecimal.valueOf(quantity),
                fingerprint.high(),
                fingerprint.low(),
                withdrawn);
    }
}
