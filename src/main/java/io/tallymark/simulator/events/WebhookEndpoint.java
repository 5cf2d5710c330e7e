package io.tallymark.simulator.events;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tallymark.usage.Secret;
import java.net.URI;
import java.util.List;
import java.util.Map;

/**
 * Where events are delivered to.
 *
 * @param enabledEvents types of events, or {@code *} for all
 * @param secret what deliveries are signed with; told once, in the reply to its creation
 */
public record WebhookEndpoint(
        String id,
        URI url,
        List<String> enabledEvents,
        boolean disabled,
        String description,
        Map<String, String> metadata,
        Secret secret,
        long createdSeconds) {
    static final String ALL_EVENTS = "*";

    public WebhookEndpoint {
        enabledEvents = List.copyOf(enabledEvents);
        metadata = Map.copyOf(metadata);
    }

    public String status() {
        return disabled ? "disabled" : "enabled";
    }

    boolean wants(String type) {
        return !disabled && (enabledEvents.contains(ALL_EVENTS) || enabledEvents.contains(type));
    }

    ObjectNode toJson() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("id", id)
                .put("object", "webhook_endpoint")
                .putNull("api_version")
                .putNull("application");
        json.put("created", createdSeconds).put("description", description.isEmpty() ? null : description);
        enabledEvents.forEach(json.putArray("enabled_events")::add);
        json.put("livemode", false);
        metadata.forEach(json.putObject("metadata")::put);
        return json.put("status", status()).put("url", url.toString());
    }
}
