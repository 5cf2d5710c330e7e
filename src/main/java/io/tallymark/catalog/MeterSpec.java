package io.tallymark.catalog;

import io.tallymark.stripe.MeterCheck;
import io.tallymark.stripe.StripeMeter;
import io.tallymark.usage.Meter;
import java.util.List;
import java.util.Locale;

/**
 * The Stripe meter that a meter of tallymark.yaml needs.
 *
 * @param eventName its name at Stripe
 * @param displayName given at its creation; people may change it
 */
record MeterSpec(String eventName, String displayName, StripeMeter.Formula formula, StripeMeter.Window window) {
    /** Of all meters that are reported to a Stripe meter. */
    static List<MeterSpec> of(List<Meter> meters) {
        return meters.stream()
                .filter(meter -> meter.stripe()
                        .filter(report -> !report.mode().isUsageRecord())
                        .isPresent())
                .map(MeterSpec::of)
                .toList();
    }

    private static MeterSpec of(Meter meter) {
        Meter.StripeReport report = meter.stripe().orElseThrow();
        return new MeterSpec(
                report.eventName(),
                meter.metric(),
                MeterCheck.formula(report.mode()),
                MeterCheck.window(report.mode()));
    }

    /** Whether a meter counts as this one should; the payload's keys are those of our events. */
    boolean isMetBy(StripeMeter meter) {
        return meter.eventName().equals(eventName)
                && meter.formula() == formula
                && meter.window() == window
                && meter.hasOurKeys();
    }

    String inWords() {
        return inWords(formula, window);
    }

    static String inWords(StripeMeter meter) {
        return inWords(meter.formula(), meter.window())
                + (meter.hasOurKeys() ? "" : ", payload keys " + meter.customerKey() + " and " + meter.valueKey());
    }

    private static String inWords(StripeMeter.Formula formula, StripeMeter.Window window) {
        return "formula " + word(formula) + ", "
                + (window == StripeMeter.Window.RAW ? "no event_time_window" : "event_time_window " + word(window));
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
