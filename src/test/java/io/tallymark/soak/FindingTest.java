package io.tallymark.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

class FindingTest {
    private static final double MINUTES = 30;

    @Test
    void whatFillsUpAndThenStaysIsFlat() {
        Finding heap = found(Series.TASK_HEAP, minute -> Math.min(minute, 6) * 10 + 60);

        assertThat(heap.verdict()).isEqualTo(new Verdict(true, "flat"));
        assertThat(heap.start()).isEqualTo(120);
        assertThat(heap.end()).isEqualTo(120);
    }

    @Test
    void aLeakIsFoundAmongNoise() {
        Random random = new Random(3);
        Finding heap = found(Series.TASK_HEAP, minute -> 120 + 0.6 * minute + random.nextGaussian() * 3);

        assertThat(heap.verdict()).as("seed 3").isEqualTo(new Verdict(false, "grows"));
        assertThat(heap.trend().percentPerHour()).as("seed 3").isCloseTo(27, within(8.0));
    }

    @Test
    void aLeakIsFoundInEverySeriesThatMustNotGrow() {
        for (Series series : List.of(
                Series.TASK_HEAP,
                Series.TASK_MEMORY,
                Series.JOB_HEAP,
                Series.JOB_MEMORY,
                Series.STATE,
                Series.CHECKPOINT,
                Series.IDS,
                Series.OPEN_HOURS,
                Series.UNREAD,
                Series.UNTOLD,
                Series.bytesPerRow("ledger_entry"))) {
            double noise = ((Rule.Flat) series.rule()).noise();
            // Over the judged half it rises by twice the noise, from a level at which that is steep.
            assertThat(found(series, minute -> noise + minute * noise * 4 / MINUTES)
                            .verdict())
                    .as(series.name())
                    .isEqualTo(new Verdict(false, "grows"));
            assertThat(found(series, minute -> noise * 10).verdict().good())
                    .as(series.name())
                    .isTrue();
        }
    }

    @Test
    void aSteepRiseWithinTheNoiseOfAReadingSaysNothing() {
        assertThat(found(Series.OPEN_HOURS, minute -> 2 + minute / MINUTES)
                        .verdict()
                        .good())
                .isTrue();
    }

    @Test
    void whatSinksIsFlatButNotSteady() {
        assertThat(found(Series.TASK_HEAP, minute -> 300 - 5 * minute).verdict().words())
                .isEqualTo("flat");
        assertThat(found(Series.RATE, minute -> 3_000 - 40 * minute).verdict()).isEqualTo(new Verdict(false, "sinks"));
        assertThat(found(Series.RATE, minute -> 3_000).verdict().words()).isEqualTo("steady");
    }

    @Test
    void rowsMayGrowButNotFasterAndFaster() {
        assertThat(found(Series.rows("ledger_entry"), minute -> 5_000 * minute).verdict())
                .isEqualTo(new Verdict(true, "grows as usage does"));
        assertThat(found(Series.rows("ledger_entry"), minute -> 100 * minute * minute)
                        .verdict())
                .isEqualTo(new Verdict(false, "grows faster"));
    }

    @Test
    void oneRestartIsOneTooMany() {
        assertThat(found(Series.RESTARTS, minute -> 0).verdict().words()).isEqualTo("none");
        assertThat(found(Series.RESTARTS, minute -> minute > 2 ? 1 : 0).verdict())
                .isEqualTo(new Verdict(false, "happened"));
    }

    @Test
    void aSeriesThatWasNeverReadIsNotTakenForFlat() {
        assertThat(Finding.of(Series.IDS, List.of(), MINUTES).verdict())
                .isEqualTo(new Verdict(false, "hardly ever read"));
    }

    @Test
    void theLastReadingCountsAlthoughItIsLate() {
        List<Point> run = List.of(new Point(0, 60), new Point(2, 60), new Point(3.001, 90));

        assertThat(Finding.of(Series.TASK_HEAP, run, 3).verdict()).isEqualTo(new Verdict(false, "grows"));
    }

    private static Finding found(Series series, DoubleUnaryOperator value) {
        return Finding.of(series, TrendTest.readings(value), MINUTES);
    }
}
