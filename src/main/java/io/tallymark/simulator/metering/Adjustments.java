package io.tallymark.simulator.metering;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tallymark.simulator.call.ApiReply;
import io.tallymark.simulator.call.Params;
import io.tallymark.simulator.call.Refusal;
import io.tallymark.simulator.call.Routes;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Cancels a meter event by its identifier, within 24 hours of its receipt and once; the identifier stays taken. */
public final class Adjustments {
    public static final String PATH = "/v1/billing/meter_event_adjustments";

    private final InstantSource clock;
    private final Meters meters;
    private final Identifiers identifiers;
    private final Validation validation;
    private final Set<UsageEvent> cancelled = ConcurrentHashMap.newKeySet();

    public Adjustments(InstantSource clock, Meters meters, Identifiers identifiers, Validation validation) {
        this.clock = clock;
        this.meters = meters;
        this.identifiers = identifiers;
        this.validation = validation;
    }

    public void addTo(Routes routes) {
        routes.add("POST", PATH, (none, params) -> create(params));
    }

    private ApiReply create(Params params) {
        params.allowOnly(List.of("type", "event_name", "cancel[identifier]"));
        params.required("type");
        params.oneOf("type", List.of("cancel"), "cancel");
        String eventName = params.required("event_name");
        String identifier = params.required("cancel[identifier]");
        UsageEvent event = identifiers
                .find(identifier, clock.instant())
                .filter(known -> isOf(known, eventName))
                .orElseThrow(() -> Refusal.badRequest(
                        "resource_missing",
                        "cancel[identifier]",
                        "No meter event of the last 24 hours has the identifier " + identifier + "."));
        if (!cancelled.add(event)) {
            throw Refusal.badRequest("", "cancel[identifier]", "This meter event is already cancelled.");
        }
        validation.cancel(event);
        return ApiReply.ok(toJson(eventName, identifier));
    }

    private boolean isOf(UsageEvent event, String eventName) {
        return meters.find(event.account().meterId())
                .filter(meter -> meter.eventName().equals(eventName))
                .isPresent();
    }

    private static ObjectNode toJson(String eventName, String identifier) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("object", "billing.meter_event_adjustment").put("type", "cancel");
        json.put("event_name", eventName).put("livemode", false).put("status", "pending");
        json.putObject("cancel").put("identifier", identifier);
        return json;
    }
}
