package io.tallymark.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads a price of Stripe's API, of whichever version. */
final class PriceJson {
    private PriceJson() {}

    static StripePrice read(JsonNode json) {
        return new StripePrice(
                json.path("id").asText(),
                terms(json),
                json.path("active").asBoolean(),
                json.path("lookup_key").asText(""),
                json.path("nickname").asText(""),
                json.path("tax_behavior").asText(StripePrice.UNSPECIFIED),
                metadata(json),
                Instant.ofEpochSecond(json.path("created").asLong()),
                foreign(json));
    }

    private static StripePrice.Terms terms(JsonNode json) {
        JsonNode recurring = json.path("recurring");
        JsonNode transform = json.path("transform_quantity");
        return new StripePrice.Terms(
                json.path("product").asText(),
                json.path("currency").asText(),
                recurring.path("interval").asText(""),
                recurring.path("interval_count").asLong(),
                recurring.path("usage_type").asText().equals("metered") ? usage(recurring) : null,
                amount(json, "unit_amount"),
                transform.path("divide_by").asLong(),
                transform.path("round").asText().equals("up"),
                tiersMode(json),
                tiers(json));
    }

    private static StripePrice.Usage usage(JsonNode recurring) {
        String meter = recurring.path("meter").asText("");
        return meter.isEmpty()
                ? StripePrice.Usage.ofRecords(recurring.path("aggregate_usage").asText(""))
                : StripePrice.Usage.ofMeter(meter);
    }

    private static StripePrice.@Nullable TiersMode tiersMode(JsonNode json) {
        String mode = json.path("tiers_mode").asText("");
        return mode.isEmpty() ? null : StripePrice.TiersMode.valueOf(mode.toUpperCase(Locale.ROOT));
    }

    private static List<StripePrice.Tier> tiers(JsonNode json) {
        List<StripePrice.Tier> tiers = new ArrayList<>();
        for (JsonNode tier : json.path("tiers")) {
            BigDecimal unit = amount(tier, "unit_amount");
            tiers.add(new StripePrice.Tier(
                    tier.path("up_to").isNumber() ? (Long) tier.path("up_to").asLong() : null,
                    unit == null ? BigDecimal.ZERO : unit,
                    amount(tier, "flat_amount")));
        }
        return tiers;
    }

    private static @Nullable BigDecimal amount(JsonNode json, String name) {
        String decimal = json.path(name + "_decimal").asText("");
        return decimal.isEmpty() ? null : new BigDecimal(decimal);
    }

    private static Map<String, String> metadata(JsonNode json) {
        Map<String, String> metadata = new LinkedHashMap<>();
        json.path("metadata")
                .fieldNames()
                .forEachRemaining(
                        key -> metadata.put(key, json.path("metadata").path(key).asText()));
        return metadata;
    }

    private static String foreign(JsonNode json) {
        if (!json.path("type").asText().equals("recurring")) {
            return "one_time";
        }
        if (json.path("custom_unit_amount").isObject()) {
            return "custom_unit_amount";
        }
        if (json.path("currency_options").size() > 1) {
            return "currency_options";
        }
        return json.path("recurring").path("trial_period_days").isNumber() ? "trial_period_days" : "";
    }
}
