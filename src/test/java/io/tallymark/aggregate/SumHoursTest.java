package io.tallymark.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallymark.usage.Aggregation;
import io.tallymark.usage.BillingHour;
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
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SumHoursTest {
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static final Instant ONE = NOON.plus(Duration.ofHours(1));
    private static final Instant FORGOTTEN = ONE.plus(Duration.ofDays(7)).plus(Duration.ofHours(1));
    private static final Duration EARLY_RESULTS = Duration.ofSeconds(60);
    private static final int MAX_PARALLELISM = 128;
    private static final AggregateSettings SETTINGS = new AggregateSettings(
            Duration.ofDays(7),
            EARLY_RESULTS,
            Map.of("tokens", Aggregation.SUM, "peak", Aggregation.MAX, "price", Aggregation.LAST));

    private KeyedOneInputStreamOperatorTestHarness<UsageKey, Subtotal, HourlyTotal> harness;
    private long clockMillis = NOON.toEpochMilli();
    private int read;

    @BeforeEach
    void open() throws Exception {
        harness = harness(1, 0);
        harness.setProcessingTime(clockMillis);
        harness.open();
    }

    @AfterEach
    void close() throws Exception {
        harness.close();
    }

    @Test
    void writesTheTotalWhenTheWatermarkPassesTheHour() throws Exception {
        add("a", NOON.plusSeconds(5), 7);
        add("b", NOON.plusSeconds(15), 5);
        watermark(ONE.minusMillis(2));
        assertThat(written()).isEmpty();

        watermark(ONE.minusMillis(1));
        assertThat(written()).containsExactly("acme 12:00 12 2 revision 1 closed");
    }

    @Test
    void writesAnEarlyResultOfARunningHour() throws Exception {
        add("a", NOON.plusSeconds(5), 7);
        add("b", NOON.plusSeconds(15), 5);
        pass(EARLY_RESULTS);
        assertThat(written()).containsExactly("acme 12:00 12 2 revision 0 open");

        pass(EARLY_RESULTS.multipliedBy(10));
        assertThat(written()).as("nothing changed since").isEmpty();
    }

    @Test
    void fullHourBelongsToTheHourThatBegins() throws Exception {
        add("a", ONE.minusMillis(1), 1);
        add("b", ONE, 2);
        watermark(ONE.plus(Duration.ofHours(1)));

        assertThat(written()).containsExactly("acme 12:00 1 1 revision 1 closed", "acme 13:00 2 1 revision 1 closed");
    }

    @Test
    void lateEventRevisesItsClosedHour() throws Exception {
        add("a", NOON, 7);
        watermark(ONE);
        assertThat(written()).hasSize(1);

        add("b", NOON.plusSeconds(1), 5);
        add("c", NOON.plusSeconds(2), 1);
        pass(EARLY_RESULTS);
        assertThat(written()).containsExactly("acme 12:00 13 3 revision 2 closed");
    }

    @Test
    void firstEventOfAnHourThatIsOverIsClosedAtTheNextWatermark() throws Exception {
        watermark(ONE.plus(Duration.ofDays(3)));
        add("a", NOON, 7);
        watermark(ONE.plus(Duration.ofDays(3)).plusMillis(1));

        assertThat(written()).containsExactly("acme 12:00 7 1 revision 1 closed");
    }

    /** A partition that was idle lets the watermark run ahead of an event that is still on its way; no watermark need follow it. */
    @Test
    void hourThatIsOverIsClosedInATopicThatFallsSilent() throws Exception {
        watermark(ONE);
        add("a", NOON, 7);
        pass(EARLY_RESULTS);
        assertThat(written()).containsExactly("acme 12:00 7 1 revision 1 closed");

        watermark(ONE.plusMillis(1));
        assertThat(written()).isEmpty();
    }

    @Test
    void noEventIsDroppedUntilTheHourIsForgotten() throws Exception {
        add("a", NOON, 7);
        watermark(FORGOTTEN.minusMillis(1));
        assertThat(written()).hasSize(1);

        add("b", NOON, 5);
        watermark(FORGOTTEN);
        assertThat(written()).containsExactly("acme 12:00 12 2 revision 2 closed");
    }

    @Test
    void nothingIsLeftOfAForgottenHour() throws Exception {
        add("a", NOON, 7);
        watermark(FORGOTTEN.minusMillis(1));
        pass(EARLY_RESULTS);
        assertThat(harness.numKeyedStateEntries()).isPositive();

        watermark(FORGOTTEN);

        assertThat(harness.numKeyedStateEntries()).isZero();
        assertThat(harness.numEventTimeTimers()).isZero();
        assertThat(harness.numProcessingTimeTimers()).isZero();
    }

    @Test
    void eventOfAForgottenHourFailsTheTaskRatherThanOverwriteTheTotal() throws Exception {
        watermark(FORGOTTEN);

        assertThatThrownBy(() -> add("a", NOON, 7))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("2026-03-01T12:00:00Z");
    }

    @Test
    void keysDoNotMix() throws Exception {
        process(contribution("tokens", "acme", "{}", "a", NOON, 1));
        process(contribution("tokens", "zeta", "{}", "b", NOON, 2));
        process(contribution("tokens", "acme", "{\"model\":\"m\"}", "c", NOON, 4));
        process(contribution("peak", "acme", "{}", "d", NOON, 8));
        process(contribution("peak", "acme", "{}", "e", NOON, 3));
        watermark(ONE);

        assertThat(totals())
                .extracting(total -> total.key().metric() + total.key().dimensions() + total.quantity())
                .containsExactlyInAnyOrder("tokens{}1", "tokens{}2", "tokens{\"model\":\"m\"}4", "peak{}8");
    }

    @Test
    void eventOfAnUnknownMeterFailsTheTask() {
        assertThatThrownBy(() -> process(contribution("gone", "acme", "{}", "a", NOON, 1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("gone");
    }

    @Test
    void withdrawalRevisesAClosedHourDownToZeroAndTheRowStays() throws Exception {
        add("a", NOON, 7);
        watermark(ONE);
        assertThat(written()).hasSize(1);

        withdraw("tokens", "a", NOON, 7);
        pass(EARLY_RESULTS);

        HourlyTotal total = totals().get(0);
        assertThat(line(total)).isEqualTo("acme 12:00 0 0 revision 2 closed");
        assertThat(total.withdrawnCount()).isEqualTo(1);
        assertThat(total.digest()).isEqualTo(Fingerprint.ZERO);
    }

    @Test
    void maxAndLastFallBackToTheNextBestEvenAfterARestart() throws Exception {
        for (String metric : List.of("peak", "price")) {
            process(contribution(metric, "acme", "{}", "a", NOON, 3));
            process(contribution(metric, "acme", "{}", "b", NOON.plusSeconds(1), 5));
            process(contribution(metric, "acme", "{}", "c", NOON.plusSeconds(2), 9));
            process(contribution(metric, "acme", "{}", "d", ONE, 100));
        }
        withdraw("peak", "c", NOON.plusSeconds(2), 9);
        withdraw("price", "c", NOON.plusSeconds(2), 9);
        restart(harness.snapshot(1, 1), 1, 0);
        withdraw("peak", "a", NOON, 3);
        withdraw("price", "a", NOON, 3);
        watermark(ONE);

        assertThat(written()).containsExactly("acme 12:00 5 1 revision 1 closed", "acme 12:00 5 1 revision 1 closed");
    }

    @Test
    void logOfMaxIsForgottenWithItsHourAndNoOther() throws Exception {
        for (int i = 0; i < 20; i++) {
            process(contribution("peak", "acme", "{}", "a" + i, NOON, i));
        }
        process(contribution("peak", "acme", "{}", "b", ONE, 5));
        process(contribution("peak", "acme", "{}", "c", ONE, 8));
        watermark(FORGOTTEN);
        assertThat(harness.numKeyedStateEntries())
                .as("total and log of the later hour")
                .isEqualTo(2);

        written();
        withdraw("peak", "c", ONE, 8);
        pass(EARLY_RESULTS);
        assertThat(written()).containsExactly("acme 13:00 5 1 revision 2 closed");

        watermark(FORGOTTEN.plus(Duration.ofHours(1)));
        assertThat(harness.numKeyedStateEntries()).isZero();
        assertThat(harness.numEventTimeTimers()).isZero();
    }

    @Test
    void withdrawalWithoutATotalFailsTheTask() {
        assertThatThrownBy(() -> withdraw("tokens", "a", NOON, 7))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("was withdrawn, but that hour has no total");
    }

    @Test
    void rowCarriesTheDigestOfItsEvents() throws Exception {
        add("a", NOON, 7);
        add("b", NOON, 5);
        watermark(ONE);

        assertThat(totals().get(0).digest())
                .isEqualTo(Fingerprint.of("test", "a").plus(Fingerprint.of("test", "b")));
    }

    @Test
    void runningHourOutlivesARestartAndItsChangeIsStillWritten() throws Exception {
        add("a", NOON, 7);
        restart(harness.snapshot(1, 1), 1, 0);
        pass(EARLY_RESULTS);
        assertThat(written()).containsExactly("acme 12:00 7 1 revision 0 open");

        add("b", NOON, 5);
        watermark(ONE);
        assertThat(written()).containsExactly("acme 12:00 12 2 revision 1 closed");
    }

    @Test
    void closedHourWithAPendingRevisionOutlivesARestart() throws Exception {
        add("a", NOON, 7);
        watermark(ONE);
        add("b", NOON, 5);
        restart(harness.snapshot(1, 1), 1, 0);
        pass(EARLY_RESULTS);

        assertThat(written()).containsExactly("acme 12:00 12 2 revision 2 closed");
        watermark(FORGOTTEN);
        assertThat(harness.numKeyedStateEntries()).isZero();
        assertThat(harness.numEventTimeTimers()).isZero();
    }

    @Test
    void totalsOutliveAChangeOfParallelism() throws Exception {
        for (int i = 0; i < 50; i++) {
            process(contribution("tokens", "customer-" + i, "{}", "e" + i, NOON, i));
        }
        OperatorSubtaskState snapshot = harness.snapshot(1, 1);
        int closed = 0;
        for (int subtask = 0; subtask < 3; subtask++) {
            restart(snapshot, 3, subtask);
            watermark(ONE);
            closed += totals().size();
        }
        assertThat(closed).isEqualTo(50);
    }

    private void restart(OperatorSubtaskState snapshot, int parallelism, int subtask) throws Exception {
        harness.close();
        harness = harness(parallelism, subtask);
        harness.setProcessingTime(clockMillis);
        harness.initializeState(AbstractStreamOperatorTestHarness.repartitionOperatorState(
                snapshot, MAX_PARALLELISM, 1, parallelism, subtask));
        harness.open();
        read = 0;
    }

    private void add(String id, Instant time, long quantity) throws Exception {
        process(contribution("tokens", "acme", "{}", id, time, quantity));
    }

    private void withdraw(String metric, String id, Instant time, long quantity) throws Exception {
        Contribution added = contribution(metric, "acme", "{}", id, time, quantity);
        process(new Contribution(
                added.key(),
                added.timeMillis(),
                added.quantity(),
                added.fingerprintHigh(),
                added.fingerprintLow(),
                true));
    }

    private void process(Contribution contribution) throws Exception {
        harness.processElement(Subtotal.of(contribution), 0);
    }

    private void watermark(Instant time) throws Exception {
        harness.processWatermark(time.toEpochMilli());
    }

    private void pass(Duration duration) throws Exception {
        clockMillis += duration.toMillis();
        harness.setProcessingTime(clockMillis);
    }

    /** What was written since the last call. */
    private List<String> written() {
        return totals().stream().map(SumHoursTest::line).toList();
    }

    private List<HourlyTotal> totals() {
        List<HourlyTotal> all = harness.extractOutputValues();
        List<HourlyTotal> fresh = List.copyOf(all.subList(read, all.size()));
        read = all.size();
        return fresh;
    }

    private static String line(HourlyTotal total) {
        String hour = new BillingHour(total.epochHour()).toString().substring(11, 16);
        return total.key().customerId() + " " + hour + " " + total.quantity().toPlainString() + " " + total.eventCount()
                + " revision " + total.revision() + (total.closed() ? " closed" : " open");
    }

    private static Contribution contribution(
            String metric, String customer, String dimensions, String id, Instant time, long quantity) {
        Fingerprint fingerprint = Fingerprint.of("test", id);
        return new Contribution(
                new UsageKey(metric, customer, dimensions),
                time.toEpochMilli(),
                BigDecimal.valueOf(quantity),
                fingerprint.high(),
                fingerprint.low(),
                false);
    }

    private static KeyedOneInputStreamOperatorTestHarness<UsageKey, Subtotal, HourlyTotal> harness(
            int parallelism, int subtask) throws Exception {
        return new KeyedOneInputStreamOperatorTestHarness<>(
                new KeyedProcessOperator<>(new SumHours(SETTINGS, Long.MIN_VALUE)),
                Subtotal::key,
                TypeInformation.of(UsageKey.class),
                MAX_PARALLELISM,
                parallelism,
                subtask);
    }
}
