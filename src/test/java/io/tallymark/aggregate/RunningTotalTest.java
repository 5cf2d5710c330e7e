package io.tallymark.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallymark.usage.Aggregation;
import io.tallymark.usage.Contribution;
import io.tallymark.usage.Fingerprint;
import io.tallymark.usage.HourlyTotal;
import io.tallymark.usage.UsageKey;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RunningTotalTest {
    private static final UsageKey KEY = new UsageKey("tokens", "acme", "{}");
    private static final int ROUNDS = 300;

    @Test
    void sumIsExact() {
        RunningTotal total = total(Aggregation.SUM, of("a", 1, "0.1"), of("b", 2, "0.2"));

        assertThat(total.quantity()).isEqualTo(new BigDecimal("0.3"));
        assertThat(total.eventCount()).isEqualTo(2);
    }

    @Test
    void countCountsEvents() {
        assertThat(total(Aggregation.COUNT, of("a", 1, "1"), of("b", 2, "1")).quantity())
                .isEqualByComparingTo("2");
    }

    @Test
    void maxIsTheLargest() {
        assertThat(total(Aggregation.MAX, of("a", 1, "9"), of("b", 2, "10"), of("c", 3, "2"))
                        .quantity())
                .isEqualByComparingTo("10");
        assertThat(total(Aggregation.MAX, of("a", 1, "0")).quantity()).isEqualByComparingTo("0");
    }

    @Test
    void lastIsTheNewestByEventTimeAndNotByArrival() {
        assertThat(total(Aggregation.LAST, of("a", 5, "1"), of("b", 9, "2"), of("c", 7, "3"))
                        .quantity())
                .isEqualByComparingTo("2");
        assertThat(total(Aggregation.LAST, of("a", -5, "1")).quantity()).isEqualByComparingTo("1");
    }

    @Test
    void tieOfLastIsSettledByTheFingerprint() {
        Contribution low = new Contribution(KEY, 5, BigDecimal.ONE, 1, 9, false);
        Contribution high = new Contribution(KEY, 5, BigDecimal.TEN, -1, 0, false);

        assertThat(total(Aggregation.LAST, low, high).quantity()).isEqualTo(BigDecimal.TEN);
        assertThat(total(Aggregation.LAST, high, low).quantity()).isEqualTo(BigDecimal.TEN);
    }

    @Test
    void digestIsTheSumOfFingerprintsWithItsCarry() {
        RunningTotal total = total(
                Aggregation.SUM,
                new Contribution(KEY, 1, BigDecimal.ONE, 1, -1, false),
                new Contribution(KEY, 2, BigDecimal.ONE, 0, 1, false));

        assertThat(total.asRow(KEY, 0).digest()).isEqualTo(new Fingerprint(2, 0));
    }

    @ParameterizedTest
    @EnumSource(Aggregation.class)
    void orderOfArrivalDoesNotMatter(Aggregation aggregation) {
        long seed = Long.getLong("tallymark.seed", System.nanoTime());
        System.out.println("RunningTotalTest seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            List<Contribution> contributions = contributions(random);
            RunningTotal expected = total(aggregation, contributions);
            Collections.shuffle(contributions, random);
            assertThat(total(aggregation, contributions))
                    .as("seed %d, round %d", seed, round)
                    .isEqualTo(expected);
        }
    }

    @Test
    void withdrawalTakesOutExactlyWhatWasAdded() {
        RunningTotal one = total(Aggregation.SUM, of("a", 1, "0.1"));
        RunningTotal total =
                total(Aggregation.SUM, of("a", 1, "0.1"), of("b", 2, "2.34"), withdrawn(of("b", 2, "2.34")));

        assertThat(total.asRow(KEY, 0).digest()).isEqualTo(one.asRow(KEY, 0).digest());
        assertThat(total.asRow(KEY, 0).quantity()).isEqualTo(new BigDecimal("0.1"));
        assertThat(total.eventCount()).isEqualTo(1);
        assertThat(total.withdrawnCount()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(Aggregation.class)
    void totalOfNoEventsIsZero(Aggregation aggregation) {
        RunningTotal total = total(aggregation, of("a", 1, "2.50"), withdrawn(of("a", 1, "2.50")));

        assertThat(total.asRow(KEY, 0)).isEqualTo(new HourlyTotal(KEY, 0, BigDecimal.ZERO, 0, 0, 0, 1, 0, false));
    }

    @ParameterizedTest
    @EnumSource(Aggregation.class)
    void afterItsLastEventIsWithdrawnATotalStartsAnew(Aggregation aggregation) {
        RunningTotal total = total(aggregation, of("a", 9, "8"), withdrawn(of("a", 9, "8")), of("b", 1, "3"));

        assertThat(total.asRow(KEY, 0).quantity()).isEqualTo(new BigDecimal("3"));
    }

    @Test
    void withdrawalOfWhatDecidesMakesMaxAndLastStaleAndOthersDoNot() {
        Contribution small = of("a", 9, "1");
        Contribution large = of("b", 5, "7");

        assertThat(total(Aggregation.MAX, small, large, withdrawn(large)).stale())
                .isTrue();
        assertThat(total(Aggregation.MAX, small, large, withdrawn(small)).stale())
                .isFalse();
        assertThat(total(Aggregation.LAST, small, large, withdrawn(small)).stale())
                .isTrue();
        assertThat(total(Aggregation.LAST, small, large, withdrawn(large)).stale())
                .isFalse();
        assertThatThrownBy(() ->
                        total(Aggregation.MAX, small, large, withdrawn(large)).asRow(KEY, 0))
                .hasMessageContaining("was not computed again");
    }

    @Test
    void withdrawalOfWhatIsNotCountedFails() {
        assertThatThrownBy(() -> total(Aggregation.SUM, withdrawn(of("a", 1, "1"))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("none is counted there");
        assertThatThrownBy(() -> total(Aggregation.SUM, of("a", 1, "1"), withdrawn(of("b", 1, "1"))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("not the one that is counted");
    }

    @Test
    void equalValuesHaveOneForm() {
        for (String text : List.of("100", "1E+2", "100.00")) {
            assertThat(total(Aggregation.SUM, of("a", 1, text)).asRow(KEY, 0).quantity())
                    .isEqualTo(new BigDecimal("100"));
        }
        assertThat(total(Aggregation.SUM, of("a", 1, "0.5"), of("b", 1, "0.50"))
                        .asRow(KEY, 0)
                        .quantity())
                .isEqualTo(new BigDecimal("1"));
    }

    @Test
    void revisionCountsClosedWritesOnly() {
        RunningTotal open = total(Aggregation.SUM, of("a", 1, "1")).revise();
        assertThat(open.revision()).isZero();
        assertThat(open.closed()).isFalse();

        RunningTotal closed = open.close();
        assertThat(closed.revision()).isEqualTo(1);
        assertThat(closed.closed()).isTrue();

        RunningTotal revised = closed.with(of("b", 2, "1"), Aggregation.SUM).revise();
        assertThat(revised.revision()).isEqualTo(2);
        assertThat(revised.closed()).isTrue();
        assertThat(revised.quantity()).isEqualByComparingTo("2");
    }

    /** Few times, so that ties are common; quantities as the decoder hands them on. */
    private static List<Contribution> contributions(Random random) {
        List<Contribution> list = new ArrayList<>();
        for (int i = random.nextInt(1, 30); i > 0; i--) {
            BigDecimal quantity = new BigDecimal(random.nextInt(1_000)).movePointLeft(random.nextInt(6));
            list.add(new Contribution(
                    KEY,
                    random.nextInt(-2, 3),
                    quantity.signum() == 0 ? BigDecimal.ZERO : quantity.stripTrailingZeros(),
                    random.nextInt(-2, 3),
                    random.nextLong(),
                    false));
        }
        return list;
    }

    private static Contribution of(String id, long timeMillis, String quantity) {
        Fingerprint fingerprint = Fingerprint.of("test", id);
        return new Contribution(
                KEY, timeMillis, new BigDecimal(quantity), fingerprint.high(), fingerprint.low(), false);
    }

    private static Contribution withdrawn(Contribution added) {
        return new Contribution(
                added.key(),
                added.timeMillis(),
                added.quantity(),
                added.fingerprintHigh(),
                added.fingerprintLow(),
                true);
    }

    private static RunningTotal total(Aggregation aggregation, Contribution... contributions) {
        return total(aggregation, List.of(contributions));
    }

    private static RunningTotal total(Aggregation aggregation, List<Contribution> contributions) {
        RunningTotal total = RunningTotal.EMPTY;
        for (Contribution contribution : contributions) {
            total = total.with(contribution, aggregation);
        }
        return total;
    }
}
