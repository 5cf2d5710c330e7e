package io.tallymark.embedded.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.embedded.traffic.Expectation.Addition;
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
        Expectation request = event(0, SMALL, TEN, addition(TrafficMeter.API_BYTES, "100"));

        truth.stored(request);
        truth.stored(request);

        assertThat(truth.truth().counts()).isEqualTo(new TruthCounts(2, 1, 1, 0, Map.of()));
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

        assertThat(truth.truth().counts()).isEqualTo(new TruthCounts(4, 1, 0, 1, Map.of(RejectReason.TOO_LATE, 2L)));
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

    private static Expectation event(int number, Fingerprint fingerprint, long timeMillis, Addition... additions) {
        return new Expectation.Usage(number, fingerprint, "ada", timeMillis, List.of(additions));
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
