package io.tallymark.stripe;

import io.tallymark.stripe.StripeBilling.Boundary;
import io.tallymark.stripe.StripeBilling.ItemChange;
import io.tallymark.stripe.StripeBilling.NewPhase;
import io.tallymark.stripe.StripeBilling.NewSubscription;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes the forms of subscriptions and schedules in Stripe's names. */
final class BillingForm {
    private static final String PRORATIONS = "create_prorations";

    private BillingForm() {}

    static Map<String, Object> of(NewSubscription subscription) {
        Map<String, Object> form = new LinkedHashMap<>();
        form.put("customer", subscription.customer());
        form.put(
                "items",
                subscription.priceIds().stream()
                        .map(price -> Map.of("price", price))
                        .toList());
        form.put("billing_mode", Map.of("type", "flexible"));
        Instant anchor = subscription.boundary().at();
        if (anchor == null) {
            form.put("billing_cycle_anchor_config", of(subscription.boundary()));
        } else {
            form.put("billing_cycle_anchor", seconds(anchor));
        }
        form.put("backdate_start_date", seconds(subscription.startsAt()));
        // With none the time until the first boundary would be free of the base fee.
        form.put("proration_behavior", PRORATIONS);
        form.put("metadata", subscription.metadata());
        return form;
    }

    static Map<String, Object> of(List<ItemChange> changes, Map<String, String> metadata) {
        Map<String, Object> form = new LinkedHashMap<>();
        form.put("items", changes.stream().map(BillingForm::of).toList());
        form.put("proration_behavior", PRORATIONS);
        form.put("metadata", metadata);
        return form;
    }

    static Map<String, Object> ofPhases(List<NewPhase> phases, Map<String, String> metadata) {
        Map<String, Object> form = new LinkedHashMap<>();
        form.put("end_behavior", "release");
        form.put("phases", phases.stream().map(BillingForm::of).toList());
        form.put("metadata", metadata);
        return form;
    }

    private static Map<String, Object> of(Boundary boundary) {
        Map<String, Object> form = new LinkedHashMap<>();
        if (boundary.month() > 0) {
            form.put("month", Integer.toString(boundary.month()));
        }
        form.put("day_of_month", Integer.toString(boundary.day()));
        form.put("hour", Integer.toString(boundary.hour()));
        // Left out, both would be those of the moment.
        form.put("minute", "0");
        form.put("second", "0");
        return form;
    }

    private static Map<String, Object> of(ItemChange change) {
        Map<String, Object> form = new LinkedHashMap<>();
        if (!change.itemId().isEmpty()) {
            form.put("id", change.itemId());
        }
        if (change.priceId().isEmpty()) {
            form.put("deleted", "true");
        } else {
            form.put("price", change.priceId());
        }
        return form;
    }

    private static Map<String, Object> of(NewPhase phase) {
        Map<String, Object> form = new LinkedHashMap<>();
        List<Map<String, Object>> items = new ArrayList<>();
        phase.quantityByPrice().forEach((price, quantity) -> items.add(item(price, quantity)));
        form.put("items", items);
        form.put("start_date", seconds(phase.start()));
        Instant end = phase.end();
        if (end == null) {
            Map<String, Object> duration = new LinkedHashMap<>();
            duration.put("interval", phase.interval());
            duration.put("interval_count", Long.toString(phase.intervalCount()));
            form.put("duration", duration);
        } else {
            form.put("end_date", seconds(end));
        }
        // It begins with a period, so there is nothing to settle.
        form.put("proration_behavior", "none");
        if (!phase.metadata().isEmpty()) {
            form.put("metadata", phase.metadata());
        }
        return form;
    }

    private static Map<String, Object> item(String price, @Nullable Long quantity) {
        Map<String, Object> item = new LinkedHashMap<>();
        item.put("price", price);
        if (quantity != null) {
            item.put("quantity", quantity.toString());
        }
        return item;
    }

    private static String seconds(Instant instant) {
        return Long.toString(instant.getEpochSecond());
    }
}
