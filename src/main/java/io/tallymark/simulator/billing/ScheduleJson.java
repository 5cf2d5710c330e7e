package io.tallymark.simulator.billing;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tallymark.simulator.call.Metadata;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Schedules as the API shows them. */
final class ScheduleJson {
    private ScheduleJson() {}

    static ObjectNode of(Schedule schedule) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("id", schedule.id()).put("object", "subscription_schedule").putNull("application");
        json.putObject("billing_mode").put("type", schedule.flexible() ? "flexible" : "classic");
        json.put("canceled_at", closed(schedule, Schedule.CANCELED));
        json.put("completed_at", closed(schedule, Schedule.COMPLETED));
        json.put("created", schedule.created().getEpochSecond());
        writeCurrentPhase(json, schedule);
        json.put("customer", schedule.customer());
        json.putObject("default_settings").put("billing_cycle_anchor", "automatic");
        json.put("end_behavior", schedule.endBehavior()).put("livemode", false);
        Metadata.write(json, schedule.metadata());
        json.putArray("phases");
        schedule.phases().forEach(phase -> json.withArray("phases").add(phase(phase)));
        json.put("released_at", closed(schedule, Schedule.RELEASED));
        boolean released = schedule.status().equals(Schedule.RELEASED);
        json.put("released_subscription", released ? schedule.subscription() : null);
        json.put("status", schedule.status());
        return json.put("subscription", released ? null : schedule.subscription())
                .putNull("test_clock");
    }

    private static @Nullable Long closed(Schedule schedule, String how) {
        Instant at = schedule.closedAt();
        return at != null && schedule.status().equals(how) ? (Long) at.getEpochSecond() : null;
    }

    private static void writeCurrentPhase(ObjectNode json, Schedule schedule) {
        if (!schedule.isActive()) {
            json.putNull("current_phase");
            return;
        }
        json.putObject("current_phase")
                .put("end_date", schedule.currentPhase().end().getEpochSecond())
                .put("start_date", schedule.currentPhase().start().getEpochSecond());
    }

    private static ObjectNode phase(Schedule.Phase phase) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.putArray("add_invoice_items");
        json.put("currency", phase.items().get(0).price().terms().currency());
        json.putArray("discounts");
        json.put("end_date", phase.end().getEpochSecond());
        json.putArray("items");
        phase.items().forEach(item -> json.withArray("items").add(item(item)));
        Metadata.write(json, phase.metadata());
        json.put("proration_behavior", phase.behavior());
        return json.put("start_date", phase.start().getEpochSecond()).putNull("trial_end");
    }

    private static ObjectNode item(Schedule.PhaseItem item) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.putArray("discounts");
        Metadata.write(json, item.metadata());
        json.put("price", item.price().id());
        if (!SubscriptionItem.isMetered(item.price())) {
            json.put("quantity", item.quantity());
        }
        return json;
    }
}
