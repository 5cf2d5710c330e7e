package io.tallymark.stripe;

import com.stripe.model.billing.Meter;
import com.stripe.param.billing.MeterCreateParams;
import com.stripe.param.billing.MeterCreateParams.DefaultAggregation;
import com.stripe.param.billing.MeterCreateParams.EventTimeWindow;
import java.util.Optional;
import java.util.stream.Stream;

/** Translates meters between stripe-java's words and ours. */
final class MeterMapping {
    private MeterMapping() {}

    /** A formula or window that Stripe has added since is no failure: the account may have meters that are not ours. */
    static StripeMeter fromStripe(Meter meter) {
        return new StripeMeter(
                meter.getId(),
                meter.getEventName(),
                Optional.ofNullable(meter.getDisplayName()).orElse(""),
                constant(
                        StripeMeter.Formula.values(),
                        meter.getDefaultAggregation().getFormula(),
                        StripeMeter.Formula.OTHER),
                Optional.ofNullable(meter.getEventTimeWindow())
                        .map(window -> constant(StripeMeter.Window.values(), window, StripeMeter.Window.OTHER))
                        .orElse(StripeMeter.Window.RAW),
                Optional.ofNullable(meter.getCustomerMapping())
                        .map(Meter.CustomerMapping::getEventPayloadKey)
                        .orElse(StripeMeter.CUSTOMER_KEY),
                Optional.ofNullable(meter.getValueSettings())
                        .map(Meter.ValueSettings::getEventPayloadKey)
                        .orElse(StripeMeter.VALUE_KEY),
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

    private static <E extends Enum<E>> E constant(E[] constants, String word, E other) {
        return Stream.of(constants)
                .filter(constant -> constant.name().equalsIgnoreCase(word))
                .findFirst()
                .orElse(other);
    }
}
