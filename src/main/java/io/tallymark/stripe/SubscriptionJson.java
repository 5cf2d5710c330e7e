package io.tallymark.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads subscriptions, their items and schedules. */
final class SubscriptionJson {
    private SubscriptionJson() {}

    /** @param items all of them; the object itself may hold only the first ones */
    static StripeSubscription read(JsonNode json, List<StripeSubscriptionItem> items) {
        return new StripeSubscription(
                json.path("id").asText(),
                id(json.path("customer")),
                json.path("status").asText(),
                json.path("billing_mode").path("type").asText("classic"),
                json.path("currency").asText(),
                instant(json.path("billing_cycle_anchor")),
                instant(json.path("start_date")),
                instantOrNull(json.path("cancel_at")),
                instantOrNull(json.path("ended_at")),
                texts(json.path("metadata")),
                id(json.path("schedule")),
                instant(json.path("created")),
                items);
    }

    static StripeSubscriptionItem item(JsonNode json) {
        JsonNode price = json.path("price");
        JsonNode recurring = price.path("recurring");
        return new StripeSubscriptionItem(
                json.path("id").asText(),
                price.path("id").asText(),
                price.path("lookup_key").asText(""),
                recurring.path("usage_type").asText("licensed"),
                recurring.path("meter").asText(""),
                texts(price.path("metadata")),
                recurring.path("interval").asText(),
                recurring.path("interval_count").asInt(1),
                json.path("quantity").isNumber() ? (Long) json.path("quantity").asLong() : null,
                instant(json.path("current_period_start")),
                instant(json.path("current_period_end")),
                instant(json.path("created")));
    }

    static StripeSchedule schedule(JsonNode json) {
        List<StripeSchedule.Phase> phases = new ArrayList<>();
        for (JsonNode phase : json.path("phases")) {
            List<String> prices = new ArrayList<>();
            phase.path("items").forEach(item -> prices.add(id(item.path("price"))));
            phases.add(new StripeSchedule.Phase(
                    instant(phase.path("start_date")), instant(phase.path("end_date")), prices));
        }
        return new StripeSchedule(
                json.path("id").asText(), json.path("status").asText(), texts(json.path("metadata")), phases);
    }

    /** Of a field that may be expanded to the whole object. */
    static String id(JsonNode field) {
        return field.isObject() ? field.path("id").asText("") : field.asText("");
    }

    static Instant instant(JsonNode seconds) {
        return Instant.ofEpochSecond(seconds.asLong());
    }

    static @Nullable Instant instantOrNull(JsonNode seconds) {
        return seconds.isNumber() ? instant(seconds) : null;
    }

    private static Map<String, String> texts(JsonNode object) {
        Map<String, String> texts = new LinkedHashMap<>();
        object.fieldNames()
                .forEachRemaining(key -> texts.put(key, object.path(key).asText()));
        return texts;
    }
}
