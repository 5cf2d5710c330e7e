package io.tallymark.simulator.metering;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A billing meter.
 *
 * @param id {@code mtr_test_…}
 * @param displayName the only thing that may change
 * @param eventName the name its events carry
 * @param formula {@code sum}, {@code count} or {@code last}
 * @param window {@code hour}, {@code day}, or empty for a raw meter
 * @param customerKey payload key of the customer
 * @param valueKey payload key of the value
 * @param active whether it takes events
 * @param createdSeconds epoch seconds
 * @param updatedSeconds epoch seconds
 */
public record SimulatedMeter(
        String id,
        String displayName,
        String eventName,
        String formula,
        String window,
        String customerKey,
        String valueKey,
        boolean active,
        long createdSeconds,
        long updatedSeconds) {
    static final String SUM = "sum";
    static final String COUNT = "count";
    static final String LAST = "last";
    static final String RAW = "";
    static final String HOUR = "hour";
    static final String DAY = "day";

    SimulatedMeter withActive(boolean nowActive, long atSeconds) {
        return new SimulatedMeter(
                id,
                displayName,
                eventName,
                formula,
                window,
                customerKey,
                valueKey,
                nowActive,
                createdSeconds,
                atSeconds);
    }

    SimulatedMeter withDisplayName(String name, long atSeconds) {
        return new SimulatedMeter(
                id, name, eventName, formula, window, customerKey, valueKey, active, createdSeconds, atSeconds);
    }

    ObjectNode toJson() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("id", id).put("object", "billing.meter").put("created", createdSeconds);
        json.putObject("customer_mapping").put("event_payload_key", customerKey).put("type", "by_id");
        json.putObject("default_aggregation").put("formula", formula);
        json.put("display_name", displayName).put("event_name", eventName);
        json.put("event_time_window", window.equals(RAW) ? null : window);
        json.put("livemode", false).put("status", active ? "active" : "inactive");
        json.putObject("status_transitions").put("deactivated_at", active ? null : (Long) updatedSeconds);
        json.put("updated", updatedSeconds);
        json.putObject("value_settings").put("event_payload_key", valueKey);
        return json;
    }
}
