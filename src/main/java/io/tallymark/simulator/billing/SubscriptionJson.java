package io.tallymark.simulator.billing;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tallymark.simulator.call.Metadata;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Subscriptions and their items as the API shows them. */
final class SubscriptionJson {
    private SubscriptionJson() {}

    static ObjectNode of(Subscription subscription) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("id", subscription.id()).put("object", "subscription").putNull("application");
        json.putObject("automatic_tax").put("enabled", false).putNull("liability");
        json.put("billing_cycle_anchor", subscription.anchor().at().getEpochSecond());
        writeConfig(json, subscription.anchor());
        json.putObject("billing_mode")
                .put("type", subscription.flexible() ? "flexible" : "classic")
                .put("updated_at", subscription.flexible() ? seconds(subscription.created()) : null);
        writeEnding(json, subscription.ending());
        Subscription.Texts texts = subscription.texts();
        json.put("collection_method", texts.collectionMethod()).put("created", seconds(subscription.created()));
        json.put("currency", subscription.currency()).put("customer", subscription.customer());
        json.put("days_until_due", texts.chargesAutomatically() ? null : (Long) texts.daysUntilDue());
        json.putNull("default_payment_method").put("description", orNull(texts.description()));
        json.putArray("discounts");
        writeItems(json, subscription);
        json.put("latest_invoice", orNull(subscription.latestInvoice())).put("livemode", false);
        Metadata.write(json, texts.metadata());
        json.putNull("pause_collection").putNull("pending_update").put("schedule", orNull(subscription.schedule()));
        json.put("start_date", seconds(subscription.start()));
        json.put("status", subscription.isAlive() ? "active" : "canceled");
        return json.putNull("test_clock").putNull("trial_end").putNull("trial_start");
    }

    static ObjectNode of(String subscription, SubscriptionItem item) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("id", item.id()).put("object", "subscription_item").putNull("billing_thresholds");
        json.put("created", seconds(item.created()));
        json.put("current_period_end", seconds(item.end())).put("current_period_start", seconds(item.start()));
        json.putArray("discounts");
        Metadata.write(json, item.metadata());
        json.set("price", item.price().toJson(false, false));
        if (!item.isMetered()) {
            json.put("quantity", item.quantity());
        }
        json.putArray("tax_rates");
        return json.put("subscription", subscription);
    }

    static @Nullable Long seconds(@Nullable Instant instant) {
        return instant == null ? null : instant.getEpochSecond();
    }

    static @Nullable String orNull(String text) {
        return text.isEmpty() ? null : text;
    }

    private static void writeConfig(ObjectNode json, Anchor anchor) {
        if (anchor.config().isEmpty()) {
            json.putNull("billing_cycle_anchor_config");
            return;
        }
        ObjectNode config = json.putObject("billing_cycle_anchor_config");
        for (String field : List.of("day_of_month", "hour", "minute", "month", "second")) {
            Long value = anchor.config().get(field);
            config.put(field, value);
        }
    }

    private static void writeEnding(ObjectNode json, Subscription.Ending ending) {
        json.put("cancel_at", seconds(ending.at())).put("cancel_at_period_end", ending.atPeriodEnd());
        json.put("canceled_at", seconds(ending.decidedAt()));
        json.putObject("cancellation_details")
                .putNull("comment")
                .putNull("feedback")
                .put("reason", ending.decidedAt() == null ? null : "cancellation_requested");
        json.put("ended_at", seconds(ending.endedAt()));
    }

    private static void writeItems(ObjectNode json, Subscription subscription) {
        ObjectNode items = json.putObject("items").put("object", "list");
        ArrayNode data = items.putArray("data");
        subscription.items().forEach(item -> data.add(of(subscription.id(), item)));
        items.put("has_more", false).put("total_count", subscription.items().size());
        items.put("url", "/v1/subscription_items?subscription=" + subscription.id());
    }
}
