package io.tallymark.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.usage.BillingPeriod;
import io.tallymark.usage.ReportMode;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportPolicyTest {
    private static final Instant NOW = Instant.parse("2026-11-20T10:30:00Z");
    private static final DueHour TOKENS = DueHour.of("tokens", "acme", Instant.parse("2026-11-20T08:00:00Z"));
    private static final DueHour CALLS = DueHour.of("calls", "acme", Instant.parse("2026-11-20T08:00:00Z"));

    private static final BillingPeriod NOVEMBER =
            BillingPeriod.containing(NOW, BillingPeriod.DEFAULT_ANCHOR, BillingPeriod.Interval.MONTH);

    private final ReportPolicy policy =
            new ReportPolicy(List.of(Reporter.TOKENS, Reporter.CALLS), CustomerMapping.TABLE);

    @Test
    void newTotalIsAnnounced() {
        assertThat(policy.decide(standing(TOKENS, "5"))).isEqualTo(new NextStep.Send(pending(TOKENS, 1, "5", "5")));
    }

    @Test
    void hourlyTotalSendsTheTotalAndAddsTheDifference() {
        HourStanding standing = standing(TOKENS, "8", told(TOKENS, 1, "5", "5"));

        assertThat(policy.decide(standing)).isEqualTo(new NextStep.Send(pending(TOKENS, 2, "8", "3")));
    }

    @Test
    void deltaSendsTheDifferenceWithItsSign() {
        HourStanding standing = standing(CALLS, "3", told(CALLS, 1, "5", "5"));

        assertThat(policy.decide(standing)).isEqualTo(new NextStep.Send(pending(CALLS, 2, "-2", "-2")));
    }

    @Test
    void equalTotalsSettleWhateverTheirScale() {
        HourStanding standing = standing(CALLS, "5.00", told(CALLS, 1, "5", "5"));

        assertThat(policy.decide(standing)).isEqualTo(new NextStep.Settle());
    }

    @Test
    void unresolvedIntentComesFirstAndUnchanged() {
        ReportIntent open = intent(TOKENS, 1, "5", "5", ReportIntent.State.SENT, 1, NOW.minusSeconds(60));

        assertThat(policy.decide(standing(TOKENS, "9", open))).isEqualTo(new NextStep.Resume(open));
    }

    @Test
    void deltaOfUnknownOutcomeIsRepeatedBelow23HoursOnly() {
        Instant limit = NOW.minus(Duration.ofHours(23));
        ReportIntent young = intent(CALLS, 1, "5", "5", ReportIntent.State.SENT, 1, limit.plusMillis(1));
        ReportIntent old = intent(CALLS, 1, "5", "5", ReportIntent.State.SENT, 1, limit);

        assertThat(policy.decide(standing(CALLS, "5", young))).isEqualTo(new NextStep.Resume(young));
        assertThat(policy.decide(standing(CALLS, "5", told(CALLS, 1, "2", "2"), old)))
                .isEqualTo(new NextStep.Ask(
                        old,
                        new ReadBack(
                                true,
                                new BigDecimal("2"),
                                CALLS.start(),
                                CALLS.start().plus(Duration.ofHours(1)))));
    }

    @Test
    void summariesAreNotAskedBeforeTheyMayHaveCaughtUp() {
        Instant sent = NOW.minus(Duration.ofMinutes(30));
        ReportIntent doubted = doubted(intent(CALLS, 1, "5", "5", ReportIntent.State.SENT, 2, sent), sent);

        assertThat(policy.decide(standing(CALLS, "5", doubted)))
                .isEqualTo(new NextStep.LookAgain(sent.plus(DoubtRule.SUMMARY_LAG)));
    }

    @Test
    void ambiguousReportHoldsItsHour() {
        ReportIntent ambiguous = intent(CALLS, 1, "5", "5", ReportIntent.State.AMBIGUOUS, 2, NOW);

        assertThat(policy.decide(standing(CALLS, "7", ambiguous)))
                .isEqualTo(new NextStep.HoldHour(ReportPolicy.AMBIGUOUS));
    }

    @Test
    void totalThatWasLostIsToldAnewEvenWhenItWentBackToWhatStripeKnew() {
        ReportIntent lost = intent(TOKENS, 2, "7", "2", ReportIntent.State.LOST, 1, NOW);

        assertThat(policy.decide(standing(TOKENS, "5", told(TOKENS, 1, "5", "5"), lost)))
                .isEqualTo(new NextStep.Send(pending(TOKENS, 3, "5", "0")));
    }

    @Test
    void hourThatStripeKeptNothingOfMayGoToAnotherCustomer() {
        ReportIntent told = told(TOKENS, 1, "5", "5");
        ReportIntent observed = intent(TOKENS, 2, "0", "-5", ReportIntent.State.OBSERVED, 0, NOW);
        HourStanding moved = standing(TOKENS, "5", told, observed);

        assertThat(policy.target(moved)).contains(new Target(ReportMode.HOURLY_TOTAL, "tokens", "cus_acme"));
        assertThat(policy.decide(moved)).isEqualTo(new NextStep.Send(pending(TOKENS, 3, "5", "5")));
    }

    @Test
    void deltaThatWasNeverSentHasNoAge() {
        ReportIntent announced = pending(CALLS, 1, "5", "5");

        assertThat(policy.decide(standing(CALLS, "5", announced))).isEqualTo(new NextStep.Resume(announced));
    }

    @Test
    void rejectedIntentIsNotTold() {
        ReportIntent rejected = intent(CALLS, 1, "5", "5", ReportIntent.State.REJECTED, 1, NOW);

        assertThat(policy.decide(standing(CALLS, "6", rejected)))
                .isEqualTo(new NextStep.Send(pending(CALLS, 2, "6", "6")));
    }

    @Test
    void hourLeavesForUnreportableAtStripesLimit() {
        Instant limit = NOW.minus(AgeRule.OLDEST_REPORT);
        DueHour old = DueHour.of("tokens", "acme", limit.minus(Duration.ofHours(1)));

        assertThat(policy.decide(standing(old, "5")))
                .isInstanceOfSatisfying(
                        NextStep.Expire.class,
                        expire -> assertThat(expire.rest())
                                .get()
                                .extracting(ReportIntent::state, ReportIntent::amount)
                                .containsExactly(ReportIntent.State.EXPIRED, new BigDecimal("5")));
    }

    @Test
    void expiryCountsAnAbandonedIntentOnce() {
        DueHour old = DueHour.of("tokens", "acme", NOW.minus(Duration.ofDays(36)));
        ReportIntent abandoned = intent(old, 1, "5", "5", ReportIntent.State.SENT, 3, NOW.minus(Duration.ofDays(1)));

        assertThat(policy.decide(standing(old, "8", abandoned)))
                .isInstanceOfSatisfying(NextStep.Expire.class, expire -> {
                    assertThat(expire.abandoned()).contains(abandoned);
                    assertThat(expire.rest())
                            .get()
                            .extracting(ReportIntent::amount)
                            .isEqualTo(new BigDecimal("3"));
                });
    }

    @Test
    void meterThatIsNotConfiguredWaits() {
        DueHour foreign = DueHour.of("foreign", "acme", TOKENS.start());

        assertThat(policy.decide(standing(foreign, "5"))).isEqualTo(new NextStep.ParkLane("meter in tallymark.yaml"));
    }

    private static HourStanding standing(DueHour hour, String total, ReportIntent... intents) {
        return new HourStanding(
                hour,
                NOW,
                new HourStanding.Due(NOW.minusSeconds(10), 1),
                new BigDecimal(total),
                false,
                new HourStanding.Mapping("cus_acme", null, NOVEMBER, false),
                List.of(intents),
                null,
                null);
    }

    private static ReportIntent pending(DueHour hour, int sequence, String value, String amount) {
        boolean delta = hour.metric().equals("calls");
        return ReportIntent.create(
                hour,
                sequence,
                delta
                        ? new Target(ReportMode.DELTA, "raw_calls", "cus_acme")
                        : new Target(ReportMode.HOURLY_TOTAL, "tokens", "cus_acme"),
                new BigDecimal(value),
                new BigDecimal(amount),
                hour.start(),
                ReportIntent.State.PENDING);
    }

    private static ReportIntent doubted(ReportIntent made, Instant since) {
        return new ReportIntent(
                made.hour(),
                made.identifier(),
                made.sequence(),
                made.mode(),
                made.eventName(),
                made.stripeCustomerId(),
                made.value(),
                made.amount(),
                made.timestamp(),
                made.state(),
                made.attempts(),
                made.firstSentAt().orElseThrow(),
                made.lastSentAt().orElseThrow(),
                since,
                false);
    }

    private static ReportIntent told(DueHour hour, int sequence, String value, String amount) {
        return intent(hour, sequence, value, amount, ReportIntent.State.ACCEPTED, 1, NOW.minusSeconds(600));
    }

    private static ReportIntent intent(
            DueHour hour,
            int sequence,
            String value,
            String amount,
            ReportIntent.State state,
            int attempts,
            Instant firstSent) {
        ReportIntent made = pending(hour, sequence, value, amount);
        return new ReportIntent(
                hour,
                made.identifier(),
                sequence,
                made.mode(),
                made.eventName(),
                made.stripeCustomerId(),
                made.value(),
                made.amount(),
                made.timestamp(),
                state,
                attempts,
                firstSent,
                firstSent,
                null,
                false);
    }
}
