package io.tallymark.stripe;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Writes a new price as the form that Stripe takes. By hand, since stripe-java would write a small amount as {@code 1E-10}, and knows no
 * {@code aggregate_usage} any more.
 */
final class PriceForm {
    private PriceForm() {}

    static Map<String, Object> of(StripePrice.Terms terms) {
        Map<String, Object> form = new LinkedHashMap<>();
        form.put("product", terms.product());
        form.put("currency", terms.currency());
        form.put("recurring", recurring(terms));
        if (terms.tiersMode() != null) {
            form.put("billing_scheme", "tiered");
            form.put("tiers_mode", terms.tiersMode().name().toLowerCase(Locale.ROOT));
            form.put("tiers", terms.tiers().stream().map(PriceForm::tier).toList());
        } else if (terms.unitAmount() != null) {
            form.put("unit_amount_decimal", terms.unitAmount().toPlainString());
        }
        if (terms.divideBy() > 0) {
            form.put(
                    "transform_quantity",
                    Map.of("divide_by", Long.toString(terms.divideBy()), "round", terms.roundUp() ? "up" : "down"));
        }
        return form;
    }

    private static Map<String, Object> recurring(StripePrice.Terms terms) {
        Map<String, Object> recurring = new LinkedHashMap<>();
        recurring.put("interval", terms.interval());
        recurring.put("interval_count", Long.toString(terms.intervalCount()));
        StripePrice.Usage usage = terms.usage();
        recurring.put("usage_type", usage == null ? "licensed" : "metered");
        if (usage != null && usage.isOfRecords()) {
            recurring.put("aggregate_usage", usage.aggregateUsage());
        } else if (usage != null) {
            recurring.put("meter", usage.meterId());
        }
        return recurring;
    }

    private static Map<String, Object> tier(StripePrice.Tier tier) {
        Map<String, Object> form = new LinkedHashMap<>();
        form.put("up_to", tier.end().map(String::valueOf).orElse("inf"));
        form.put("unit_amount_decimal", tier.unitAmount().toPlainString());
        tier.flat().map(BigDecimal::toPlainString).ifPresent(flat -> form.put("flat_amount_decimal", flat));
        return form;
    }
}
