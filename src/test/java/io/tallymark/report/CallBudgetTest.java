package io.tallymark.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class CallBudgetTest {
    private static final Duration TICK = Duration.ofMillis(50);
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final AtomicLong nanos = new AtomicLong();
    private final CallBudget budget = new CallBudget(TICK, nanos::get);

    @Test
    void spreadsARateOverTheSecond() {
        assertThat(take(100)).isEqualTo(10);
        pass(TICK);
        assertThat(take(100)).isEqualTo(10);
    }

    @Test
    void silenceSavesUpNoBurst() {
        pass(Duration.ofHours(1));

        assertThat(take(100)).isEqualTo(10);
        assertThat(budget.available(100)).isEqualTo(10);
    }

    @Test
    void standstillIsCaughtUpWhileReportsWait() {
        take(900);
        pass(Duration.ofSeconds(8));

        assertThat(takeFor(Duration.ofSeconds(100), 900))
                .as("calls in 100 s, and those of the 8 s before")
                .isBetween(900L * 108, 900L * 109);
    }

    @Test
    void longStandstillIsCaughtUpInPart() {
        take(900);
        pass(Duration.ofHours(1));

        assertThat(takeFor(Duration.ofSeconds(200), 900))
                .as("calls in 200 s, and of 10 s before")
                .isBetween(900L * 209, 900L * 210);
    }

    @Test
    void nothingIsCaughtUpWhenNoReportWaited() {
        assertThat(budget.available(900)).isPositive();
        budget.spend(1, false);
        pass(Duration.ofSeconds(8));

        assertThat(takeFor(Duration.ofSeconds(100), 900))
                .as("calls in 100 s, and of a second before")
                .isBetween(900L * 100, 900L * 101);
    }

    @Test
    void whatWasSavedIsLostWhenNoReportWaitsAnyMore() {
        take(900);
        pass(Duration.ofSeconds(8));
        assertThat(budget.available(900)).isPositive();
        budget.spend(0, false);

        assertThat(takeFor(Duration.ofSeconds(100), 900)).isBetween(900L * 100, 900L * 101);
    }

    @Test
    void rateBelowOneCallATickIsKeptToo() {
        int calls = 0;
        for (int tick = 0; tick < 200; tick++) {
            calls += take(1);
            pass(TICK);
        }
        assertThat(calls).isBetween(10, 11);
    }

    @Test
    void slowedRateCountsWhatWasBegunBefore() {
        for (int tick = 0; tick < 10; tick++) {
            take(900);
            pass(TICK);
        }
        assertThat(budget.available(450)).isZero();
        pass(Duration.ofSeconds(1));
        assertThat(budget.available(450)).isEqualTo(45);
    }

    @RepeatedTest(20)
    void lateTicksCostNoCallsAndNoSecondSeesMuchMoreThanTheRate(RepetitionInfo run) {
        Random random = new Random(run.getCurrentRepetition());
        List<long[]> begun = new ArrayList<>();
        long calls = 0;
        while (nanos.get() < 60 * SECOND) {
            int taken = take(900);
            begun.add(new long[] {nanos.get(), taken});
            calls += taken;
            pass(Duration.ofMillis(40 + (random.nextInt(10) == 0 ? random.nextInt(300) : random.nextInt(20))));
        }
        assertThat(calls)
                .as("calls in a minute, seed %d", run.getCurrentRepetition())
                .isBetween(900L * 59, 900L * 61);
        for (long[] start : begun) {
            long inSecond = begun.stream()
                    .filter(one -> one[0] >= start[0] && one[0] - start[0] < SECOND)
                    .mapToLong(one -> one[1])
                    .sum();
            assertThat(inSecond).isLessThanOrEqualTo(990);
        }
    }

    private long takeFor(Duration time, double rate) {
        long calls = 0;
        for (Duration passed = Duration.ZERO; passed.compareTo(time) < 0; passed = passed.plus(TICK)) {
            calls += take(rate);
            pass(TICK);
        }
        return calls;
    }

    private int take(double rate) {
        int available = budget.available(rate);
        budget.spend(available, true);
        return available;
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }
}
