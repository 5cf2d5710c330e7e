package io.tallymark.simulator.events;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;

/** A snapshot event: what an object was at that moment. */
public record AccountEvent(String id, String type, ObjectNode object, Instant at) {
    private static final String API_VERSION = "2026-09-30.endive";

    /**
     * As Stripe lists and delivers it.
     *
     * @param pendingWebhooks endpoints that have not answered with 2xx yet
     */
    ObjectNode toJson(int pendingWebhooks) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("id", id).put("object", "event").put("api_version", API_VERSION);
        json.put("created", at.getEpochSecond());
        json.putObject("data").set("object", object);
        json.put("livemode", false).put("pending_webhooks", pendingWebhooks);
        json.putObject("request").putNull("id").putNull("idempotency_key");
        return json.put("type", type);
    }
}
