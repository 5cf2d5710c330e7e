package io.tallymark.embedded.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.embedded.traffic.Expectation.Addition;
import io.tallymark.embedded.traffic.Expectation.Usage;
import io.tallymark.usage.BillingHour;
import io.tallymark.usage.Fingerprint;
import io.tallymark.usage.RejectReason;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;

class TruthKeeperTest {
    private static final long TEN = BillingHour.containing(1_767_261_600_000L).startMillis();
    private static final Fingerprint SMALL = new Fingerprint(1, 0);
    private static final Fingerprint LARGE = new Fingerprint(-1, 0);

    private final TruthKeeper truth = new TruthKeeper();

    @Test
    void countsAnEventOnceHoweverOftenItIsStored() {
        Usage request = event(0, SMALL, TEN, addition(TrafficMeter.API_BYTES, "100"));

        truth.stored(request);
        truth.stored(request);

        assertThat(truth.truth().counts()).isEqualTo(counts(2, 1, 0, 1, 0, 0, 0));
        assertThat(rows()).containsExactly(row("api_bytes", TEN, "100", 1));
    }

    @Test
    void foldsEachMeterItsOwnWayAndEachHourForItself() {
        truth.stored(event(0, SMALL, TEN, additions("0.5")));
        truth.stored(event(1, LARGE, TEN + 3_599_999, additions("0.25")));
        truth.stored(event(2, SMALL, TEN + 3_600_000, addition(TrafficMeter.LLM_TOKENS, "7")));

        assertThat(rows())
                .containsExactly(
                        row("llm_last_price", TEN, "0.25", 2),
                        row("llm_peak_context", TEN, "0.5", 2),
                        row("llm_tokens", TEN, "0.75", 2),
                        row("llm_tokens", TEN + 3_600_000, "7", 1));
        assertThat(truth.truth().rows().get(0).digest()).isEqualTo(SMALL.plus(LARGE));
    }

    @Test
    void takesOfSimultaneousLastValuesTheOneWithTheLargerFingerprintInAnyOrder() {
        truth.stored(event(0, LARGE, TEN, addition(TrafficMeter.LLM_LAST_PRICE, "2")));
        truth.stored(event(1, SMALL, TEN, addition(TrafficMeter.LLM_LAST_PRICE, "1")));
        truth.stored(event(2, SMALL, TEN + 3_600_000, addition(TrafficMeter.LLM_LAST_PRICE, "1")));
        truth.stored(event(3, LARGE, TEN + 3_600_000, addition(TrafficMeter.LLM_LAST_PRICE, "2")));

        assertThat(truth.truth().rows()).extracting(TruthRow::quantity).containsOnly(new BigDecimal(2));
    }

    @Test
    void accountsForEveryRecord() {
        truth.stored(event(0, SMALL, TEN, addition(TrafficMeter.API_BYTES, "1")));
        truth.stored(new Expectation.DeadLetter(RejectReason.TOO_LATE));
        truth.stored(new Expectation.DeadLetter(RejectReason.TOO_LATE));
        truth.stored(new Expectation.Ignored());

        truth.stored(new Expectation.Conflict());

        assertThat(truth.truth().counts())
                .isEqualTo(new OutcomeCounts(5, 1, 0, 0, 1, 0, 1, Map.of(RejectReason.TOO_LATE, 2L)));
    }

    @Test
    void takesAVoidedEventOutAgainInAnyOrder() {
        Usage highest = event(1, LARGE, TEN, addition(TrafficMeter.LLM_PEAK_CONTEXT, "9"));
        truth.stored(event(0, SMALL, TEN, addition(TrafficMeter.LLM_PEAK_CONTEXT, "5")));
        truth.stored(new Expectation.Withdrawal(highest.withVoids(), true));
        truth.stored(highest.withVoids());
        truth.stored(highest.withVoids());
        truth.stored(new Expectation.Withdrawal(highest.withVoids(), true));

        assertThat(rows()).containsExactly(row("llm_peak_context", TEN, "5", 1));
        assertThat(truth.truth().rows()).extracting(TruthRow::withdrawnCount).containsExactly(1L);
        assertThat(truth.truth().counts()).isEqualTo(counts(5, 2, 1, 2, 0, 0, 0));
    }

    @Test
    void keepsTheRowOfAnHourWhoseOnlyEventWasTakenOut() {
        Usage only = event(0, SMALL, TEN, addition(TrafficMeter.API_BYTES, "7")).withVoids();
        truth.stored(only);
        truth.stored(new Expectation.Withdrawal(only, true));

        assertThat(rows()).containsExactly(row("api_bytes", TEN, "0", 0));
        assertThat(truth.truth().rows().get(0).digest()).isEqualTo(Fingerprint.ZERO);
    }

    @Test
    void letsAVoidWaitUntilItsEventIsStored() {
        Usage later =
                event(0, SMALL, TEN, addition(TrafficMeter.API_BYTES, "7")).withVoids();
        truth.stored(new Expectation.Withdrawal(later, false));
        assertThat(truth.truth().counts()).isEqualTo(counts(1, 0, 0, 0, 0, 1, 0));

        truth.stored(later);
        assertThat(truth.truth().counts())
                .isEqualTo(new OutcomeCounts(2, 1, 0, 0, 0, 0, 0, Map.of(RejectReason.VOID_MISMATCH, 1L)));
        assertThat(rows()).containsExactly(row("api_bytes", TEN, "7", 1));
    }

    private static OutcomeCounts counts(
            long read, long counted, long withdrawn, long duplicates, long conflicts, long waiting, long ignored) {
        return new OutcomeCounts(read, counted, withdrawn, duplicates, conflicts, waiting, ignored, Map.of());
    }

    private List<Tuple> rows() {
        return truth.truth().rows().stream()
                .map(row -> Tuple.tuple(
                        row.metric(), row.hour().startMillis(), row.quantity().toPlainString(), row.eventCount()))
                .toList();
    }

    private static Tuple row(String metric, long hour, String quantity, long events) {
        return Tuple.tuple(metric, hour, quantity, events);
    }

    private static Usage event(int number, Fingerprint fingerprint, long timeMillis, Addition... additions) {
        return new Usage(number, fingerprint, "ada", timeMillis, List.of(additions), false);
    }

    private static Addition[] additions(String quantity) {
        return new Addition[] {
            addition(TrafficMeter.LLM_TOKENS, quantity),
            addition(TrafficMeter.LLM_PEAK_CONTEXT, quantity),
            addition(TrafficMeter.LLM_LAST_PRICE, quantity)
        };
    }

    private static Addition addition(TrafficMeter meter, String quantity) {
        return new Addition(meter, "{}", new BigDecimal(quantity));
    }
}
