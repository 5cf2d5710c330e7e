package io.tallymark.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.usage.Delivery;
import io.tallymark.usage.Delivery.Outcome;
import io.tallymark.usage.Delivery.Pressure;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PaceTest {
    private static final Instant NOW = Instant.parse("2026-11-20T10:30:00Z");
    private static final Delivery ANSWER = new Delivery(Outcome.ACCEPTED, "req_1", "", 0);
    private static final Delivery OUTAGE = new Delivery(Outcome.UNKNOWN, Pressure.OUTAGE, "", "503", 0);
    private static final Delivery STALE = new Delivery(Outcome.DOUBTFUL, Pressure.STALE, "req_1", "500", 0);
    private static final Delivery SLOW_DOWN = slowDown(0);
    private static final Pace FULL = Pace.full(100);

    private final Random random = new Random(7);

    @Test
    void rateLimitHalvesTheRate() {
        assertThat(after(FULL, NOW, SLOW_DOWN).rate(NOW)).isEqualTo(50);
    }

    @Test
    void answersChangeNothing() {
        assertThat(after(FULL, NOW, ANSWER)).isSameAs(FULL);
        assertThat(after(FULL, NOW)).isEqualTo(FULL);
    }

    @Test
    void keptReplyIsNeitherASignOfLifeNorOfTrouble() {
        Pace failing = after(
                FULL, NOW, Collections.nCopies(Pace.FAILURES_TO_STOP, OUTAGE).toArray(Delivery[]::new));

        assertThat(after(failing, NOW.plusSeconds(60), STALE)).isSameAs(failing);
        assertThat(after(FULL, NOW, STALE)).isSameAs(FULL);
        assertThat(after(failing, NOW.plusSeconds(60), STALE, ANSWER).isProbing())
                .isFalse();
    }

    @Test
    void burstOfRateLimitsHalvesTheRateOnceASecond() {
        Pace burst = after(FULL, NOW, SLOW_DOWN, SLOW_DOWN, SLOW_DOWN);
        Pace soon = after(burst, NOW.plusMillis(999), SLOW_DOWN);
        Pace later = after(soon, NOW.plusSeconds(1), SLOW_DOWN);

        assertThat(soon.rate(NOW)).isEqualTo(50);
        assertThat(later.rate(NOW.plusSeconds(1))).isBetween(25.0, 26.0);
    }

    @Test
    void rateLimitThatTellsNothingNewChangesNothing() {
        Pace slowed = after(FULL, NOW, SLOW_DOWN);

        assertThat(after(slowed, NOW.plusMillis(10), SLOW_DOWN)).isEqualTo(slowed);
    }

    @Test
    void rateComesBackWithinAMinuteAndStopsAtTheCeiling() {
        Pace slowed = after(FULL, NOW, SLOW_DOWN);

        assertThat(slowed.rate(NOW.plusSeconds(15))).isEqualTo(75);
        assertThat(slowed.rate(NOW.plus(Pace.RECOVERY))).isEqualTo(100);
        assertThat(slowed.rate(NOW.plus(Duration.ofDays(1)))).isEqualTo(100);
    }

    @Test
    void rateNeverFallsBelowOneCallASecond() {
        assertThat(after(Pace.full(1), NOW, SLOW_DOWN).rate(NOW)).isEqualTo(1);
    }

    @Test
    void clockThatGoesBackDoesNotLowerTheRateFurther() {
        assertThat(after(FULL, NOW, SLOW_DOWN).rate(NOW.minusSeconds(60))).isEqualTo(50);
    }

    @Test
    void retryAfterPausesAllCalls() {
        Pace paused = after(FULL, NOW, slowDown(1_000), slowDown(3_000));

        assertThat(paused.isPaused(NOW.plusMillis(2_999))).isTrue();
        assertThat(paused.isPaused(NOW.plusMillis(3_000))).isFalse();
    }

    @Test
    void retryAfterPausesForAMinuteAtMost() {
        Pace paused = after(FULL, NOW, slowDown(3_600_000));

        assertThat(paused.pausedUntil()).isEqualTo(NOW.plus(Pace.LONGEST_PAUSE));
    }

    @Test
    void rateLimitWithoutAWaitDoesNotEndThePauseOfAnother() {
        Pace paused = after(FULL, NOW, slowDown(30_000));

        assertThat(after(paused, NOW.plusMillis(10), SLOW_DOWN).pausedUntil()).isEqualTo(NOW.plusSeconds(30));
    }

    @Test
    void answerAfterASingleFailureDoesNotEndThePauseThatStripeAskedFor() {
        Pace paused = after(after(FULL, NOW, slowDown(30_000)), NOW, OUTAGE);

        assertThat(after(paused, NOW, ANSWER).pausedUntil()).isEqualTo(NOW.plusSeconds(30));
    }

    @Test
    void tenOutagesInARowStopAllCalls() {
        Pace pace = FULL;
        for (int i = 1; i < Pace.FAILURES_TO_STOP; i++) {
            pace = after(pace, NOW, OUTAGE);
            assertThat(pace.isPaused(NOW)).as("after %d", i).isFalse();
        }
        pace = after(pace, NOW, OUTAGE);

        assertThat(pace.isPaused(NOW)).isTrue();
        assertThat(pace.isProbing()).isTrue();
    }

    @Test
    void tenOutagesOfOneBatchStopAllCalls() {
        assertThat(outages(9).isPaused(NOW)).isFalse();
        assertThat(outages(10).isPaused(NOW)).isTrue();
    }

    @Test
    void anAnswerInTheBatchBreaksTheRow() {
        Pace mixed = after(outages(9), NOW, OUTAGE, ANSWER);

        assertThat(mixed.failures()).isZero();
        assertThat(mixed.failingSince()).isNull();
        assertThat(mixed.isPaused(NOW)).isFalse();
    }

    @Test
    void pauseGrowsWithTheOutageFromFiveSecondsToAMinute() {
        assertThat(pauseMillisAfter(Duration.ZERO)).isBetween(2_500L, 5_000L);
        assertThat(pauseMillisAfter(Duration.ofSeconds(100))).isBetween(12_500L, 25_000L);
        assertThat(pauseMillisAfter(Duration.ofHours(12))).isBetween(30_000L, 60_000L);
    }

    @Test
    void reportersDoNotProbeTogether() {
        assertThat(pauseMillisAfter(Duration.ofHours(1))).isNotEqualTo(pauseMillisAfter(Duration.ofHours(1)));
    }

    @Test
    void failuresOfCallsThatWereSentBeforeDoNotProlongThePause() {
        Pace stopped = outages(10);

        assertThat(after(stopped, NOW.plusMillis(100), OUTAGE).pausedUntil()).isEqualTo(stopped.pausedUntil());
    }

    @Test
    void answerToTheProbeLetsCallsGoOnAtATenthOfTheCeiling() {
        Instant back = NOW.plusSeconds(600);
        Pace answered = after(outages(10), back, ANSWER);

        assertThat(answered.isProbing()).isFalse();
        assertThat(answered.isPaused(back)).isFalse();
        assertThat(answered.rate(back)).isEqualTo(10);
        assertThat(answered.rate(back.plus(Pace.RECOVERY))).isEqualTo(100);
    }

    private long pauseMillisAfter(Duration lasting) {
        Pace failing = new Pace(100, 100, null, null, 20, NOW.minus(lasting));
        Instant until = after(failing, NOW, OUTAGE).pausedUntil();
        return Duration.between(NOW, until).toMillis();
    }

    private Pace outages(int number) {
        return FULL.after(Collections.nCopies(number, OUTAGE), NOW, random);
    }

    private Pace after(Pace pace, Instant now, Delivery... deliveries) {
        return pace.after(List.of(deliveries), now, random);
    }

    private static Delivery slowDown(long retryAfterMillis) {
        return new Delivery(Outcome.UNKNOWN, Pressure.SLOW_DOWN, "", "429", retryAfterMillis);
    }
}
