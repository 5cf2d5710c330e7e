package io.tallymark.billing;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A subscription of the list as JSON; times are RFC 3339, and what is not there is null. */
public final class SubscriptionJson {
    private SubscriptionJson() {}

    public static String print(SubscriptionList.Row row) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("customer", row.customerId());
        json.put("subscription", row.subscriptionId());
        json.put("plan", row.plan().isEmpty() ? null : row.plan());
        json.put("status", row.status());
        json.put("period_start", text(row.periodStart()));
        json.put("next_boundary", text(row.nextBoundary()));
        row.prices().forEach(json.putArray("prices")::add);
        row.flags().forEach(json.putArray("flags")::add);
        return json.toString();
    }

    private static @Nullable String text(@Nullable Instant instant) {
        return instant == null ? null : instant.toString();
    }
}
