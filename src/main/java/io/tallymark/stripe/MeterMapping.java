package io.tallymark.stripe;

import com.stripe.model.billing.Meter;
import com.stripe.param.billing.MeterCreateParams;
import com.stripe.param.billing.MeterCreateParams.DefaultAggregation;
import com.stripe.param.billing.MeterCreateParams.EventTimeWindow;
import java.util.Locale;
import java.util.Optional;

/** Translates meters between stripe-java's words and ours. */
final class MeterMapping {
    private MeterMapping() {}

    static StripeMeter fromStripe(Meter meter) {
        return new StripeMeter(
                meter.getId(),
                meter.getEventName(),
                meter.getDisplayName(),
                StripeMeter.Formula.valueOf(upper(meter.getDefaultAggregation().getFormula())),
                Optional.ofNullable(meter.getEventTimeWindow())
                        .map(window -> StripeMeter.Window.valueOf(upper(window)))
                        .orElse(StripeMeter.Window.RAW),
                "active".equals(meter.getStatus()));
    }

    static MeterCreateParams toParams(
            String eventName, String displayName, StripeMeter.Formula formula, StripeMeter.Window window) {
        MeterCreateParams.Builder params = MeterCreateParams.builder()
                .setEventName(eventName)
                .setDisplayName(displayName)
                .setDefaultAggregation(DefaultAggregation.builder()
                        .setFormula(DefaultAggregation.Formula.valueOf(formula.name()))
                        .build());
        if (window != StripeMeter.Window.RAW) {
            params.setEventTimeWindow(EventTimeWindow.valueOf(window.name()));
        }
        return params.build();
    }

    private static String upper(String word) {
        return word.toUpperCase(Locale.ROOT);
    }
}
