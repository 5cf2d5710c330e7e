package io.tallymark.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.usage.Delivery;
import io.tallymark.usage.Delivery.Outcome;
import io.tallymark.usage.Delivery.Pressure;
import io.tallymark.usage.HeldUsage;
import io.tallymark.usage.HeldUsage.Status;
import io.tallymark.usage.ReportMode;
import io.tallymark.usage.UsageReport;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Before the report of 5, Stripe held 10. */
class ReadBackTableTest {
    private static final Instant HOUR = Instant.parse("2026-11-20T08:00:00Z");
    private static final ReadBack TEN_BEFORE =
            new ReadBack(true, new BigDecimal("10"), HOUR, HOUR.plus(Duration.ofHours(1)));

    @Test
    void reportIsAcceptedWhenTheSummariesHoldIt() {
        assertThat(judge("5", "15").outcome()).isEqualTo(Outcome.ACCEPTED);
    }

    @Test
    void scaleMakesNoDifference() {
        assertThat(judge("5.0", "15.000").outcome()).isEqualTo(Outcome.ACCEPTED);
        assertThat(judge("5.0", "1E+1").outcome()).isEqualTo(Outcome.LOST);
    }

    @Test
    void negativeReportIsAcceptedWhenTheSummariesHoldLess() {
        assertThat(judge("-4", "6").outcome()).isEqualTo(Outcome.ACCEPTED);
    }

    @Test
    void reportIsLostWhenTheSummariesHoldWhatWasThereBefore() {
        assertThat(judge("5", "10").outcome()).isEqualTo(Outcome.LOST);
    }

    @Test
    void anythingElseIsAmbiguousAndSaysWhatWasExpected() {
        Delivery delivery = judge("5", "12");

        assertThat(delivery.outcome()).isEqualTo(Outcome.AMBIGUOUS);
        assertThat(delivery.detail()).contains("hold 12").contains("10 without").contains("15 with");
    }

    @Test
    void nothingAtAllIsAmbiguousWhenThereWasSomethingBefore() {
        Delivery delivery = ReadBackTable.judge(report("5"), TEN_BEFORE, HeldUsage.of(Map.of()));

        assertThat(delivery.outcome()).isEqualTo(Outcome.AMBIGUOUS);
    }

    @Test
    void customerThatStripeDoesNotKnowIsAmbiguous() {
        assertThat(unread(Status.NO_SUCH_CUSTOMER))
                .isEqualTo(new Delivery(Outcome.AMBIGUOUS, Pressure.NONE, "", "404", 0));
    }

    @Test
    void meterThatStripeDoesNotKnowIsAmbiguous() {
        assertThat(unread(Status.NO_SUCH_TARGET).outcome()).isEqualTo(Outcome.AMBIGUOUS);
    }

    @Test
    void noAnswerIsUnknownAndItsPressureIsPassedOn() {
        HeldUsage held = new HeldUsage(Status.UNREACHABLE, Map.of(), Pressure.OUTAGE, "timed out");

        assertThat(ReadBackTable.judge(report("5"), TEN_BEFORE, held))
                .isEqualTo(new Delivery(Outcome.UNKNOWN, Pressure.OUTAGE, "", "timed out", 0));
    }

    private static Delivery judge(String value, String held) {
        return ReadBackTable.judge(report(value), TEN_BEFORE, HeldUsage.of(Map.of(HOUR, new BigDecimal(held))));
    }

    private static Delivery unread(Status status) {
        return ReadBackTable.judge(report("5"), TEN_BEFORE, new HeldUsage(status, Map.of(), Pressure.NONE, "404"));
    }

    private static UsageReport report(String value) {
        return new UsageReport("id", ReportMode.DELTA, "raw_calls", "cus_acme", new BigDecimal(value), HOUR);
    }
}
