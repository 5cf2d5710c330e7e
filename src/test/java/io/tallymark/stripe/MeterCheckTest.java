package io.tallymark.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.simulator.StripeSimulator;
import io.tallymark.usage.Aggregation;
import io.tallymark.usage.Meter;
import io.tallymark.usage.ReportMode;
import io.tallymark.usage.SecretRef;
import io.tallymark.usage.UserError;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MeterCheckTest {
    private final StripeSimulator simulator = StripeSimulator.start(0, InstantSource.system());
    private final StripeReadings stripe = StripeReadings.open(
            StripeSettings.defaults(SecretRef.none("stripe.api-key")).withApiBase(simulator.apiBase()));

    @AfterEach
    void stop() {
        stripe.close();
        simulator.close();
    }

    @Test
    void isContentWithAMeterOfTheRightKind() {
        stripe.createMeter("calls", "calls", StripeMeter.Formula.SUM, StripeMeter.Window.HOUR);

        assertThat(problems(ReportMode.HOURLY_TOTAL)).isEmpty();
    }

    @Test
    void namesAMeterThatIsMissing() {
        assertThat(problems(ReportMode.DELTA))
                .singleElement()
                .satisfies(problem ->
                        assertThat(problem).hasMessageContaining("no active meter with the event name calls"));
    }

    @Test
    void namesAWindowThatWouldBillWrong() {
        stripe.createMeter("calls", "calls", StripeMeter.Formula.SUM, StripeMeter.Window.RAW);

        assertThat(problems(ReportMode.HOURLY_TOTAL))
                .singleElement()
                .satisfies(problem -> assertThat(problem).hasMessageContaining("would bill wrong"));
        assertThat(problems(ReportMode.DELTA)).isEmpty();
    }

    private List<UserError> problems(ReportMode mode) {
        Meter meter = new Meter(
                "calls",
                "call",
                Aggregation.COUNT,
                "",
                List.of(),
                Map.of(),
                false,
                Meter.ALWAYS,
                new Meter.StripeReport("calls", mode));
        return new MeterCheck(stripe).problems(List.of(meter));
    }
}
