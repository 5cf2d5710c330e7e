package io.tallymark.simulator.metering;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tallymark.simulator.call.ApiReply;
import io.tallymark.simulator.call.ApiRequest;
import io.tallymark.simulator.call.CallsInFlight;
import io.tallymark.simulator.call.Params;
import io.tallymark.simulator.call.Refusal;
import io.tallymark.simulator.call.Routes;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;

/**
 * The meter event endpoint: refuses at once what Stripe refuses at once, and takes an identifier once in 24 hours. What it answers with
 * 200 is received, not billed: the rest is up to the {@link Validation}.
 */
public final class MeterEvents {
    public static final String PATH = "/v1/billing/meter_events";
    static final Duration OLDEST = Duration.ofDays(35);
    static final Duration FARTHEST_AHEAD = Duration.ofMinutes(5);

    static final List<String> CREATE = List.of("event_name", "identifier", "timestamp", "payload[*]");

    private final InstantSource clock;
    private final Meters meters;
    private final Validation validation;
    private final Identifiers identifiers;
    private final CallsInFlight<UsageLedger.Account> inFlight = new CallsInFlight<>();
    private volatile boolean unknownNamesAccepted;

    public MeterEvents(InstantSource clock, Meters meters, Validation validation, Identifiers identifiers) {
        this.clock = clock;
        this.meters = meters;
        this.validation = validation;
        this.identifiers = identifiers;
    }

    /** Whether an event of a name without a meter gets 200, and an error event later, rather than 400. */
    public void acceptUnknownNames(boolean accepted) {
        unknownNamesAccepted = accepted;
    }

    public void addTo(Routes routes) {
        routes.addCall("POST", PATH, (none, request) -> create(request));
    }

    private ApiReply create(ApiRequest request) {
        Params params = request.params();
        params.allowOnly(CREATE);
        String eventName = params.required("event_name");
        if (unknownNamesAccepted && meters.activeFor(eventName).isEmpty()) {
            return take(withoutMeter(params), params);
        }
        SimulatedMeter meter = meterOf(eventName);
        String customer = params.required("payload[" + meter.customerKey() + "]");
        UsageLedger.Account account = new UsageLedger.Account(meter.id(), customer);
        inFlight.enter(account, request.end());
        return take(read(meter, account, params), params);
    }

    private ApiReply take(UsageEvent event, Params params) {
        if (!identifiers.claim(event)) {
            throw Refusal.duplicateEvent(event.identifier());
        }
        validation.receive(event);
        return ApiReply.ok(toJson(event, params));
    }

    private SimulatedMeter meterOf(String eventName) {
        return meters.activeFor(eventName)
                .orElseThrow(() -> Refusal.badRequest(
                        "", "event_name", "No active meter found for event name \"" + eventName + "\"."));
    }

    private UsageEvent read(SimulatedMeter meter, UsageLedger.Account account, Params params) {
        Instant now = clock.instant();
        long timestamp = params.integer("timestamp").orElse(now.getEpochSecond());
        requireInReach(timestamp, now);
        return new UsageEvent(account, identifier(params), value(meter, params), timestamp, now, "");
    }

    /** The event of a name that no meter listens to; validation will say so. */
    private UsageEvent withoutMeter(Params params) {
        Instant now = clock.instant();
        long timestamp = params.integer("timestamp").orElse(now.getEpochSecond());
        requireInReach(timestamp, now);
        String customer = params.text("payload[stripe_customer_id]").orElse("");
        return new UsageEvent(
                new UsageLedger.Account("", customer), identifier(params), BigDecimal.ZERO, timestamp, now, "no_meter");
    }

    static String identifier(Params params) {
        return params.text("identifier", 100).orElseGet(() -> UUID.randomUUID().toString());
    }

    static BigDecimal value(SimulatedMeter meter, Params params) {
        String param = "payload[" + meter.valueKey() + "]";
        if (meter.formula().equals(SimulatedMeter.COUNT) && params.text(param).isEmpty()) {
            return BigDecimal.ONE;
        }
        return EventValue.parse(param, params.required(param));
    }

    static void requireInReach(long timestamp, Instant now) {
        if (timestamp < now.minus(OLDEST).getEpochSecond()) {
            throw Refusal.badRequest(
                    "timestamp_too_far_in_past",
                    "timestamp",
                    "The timestamp must be within the past 35 calendar days.");
        }
        if (timestamp > now.plus(FARTHEST_AHEAD).getEpochSecond()) {
            throw Refusal.badRequest(
                    "timestamp_in_future", "timestamp", "The timestamp must be no more than 5 minutes in the future.");
        }
    }

    private static ObjectNode toJson(UsageEvent event, Params params) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("object", "billing.meter_event")
                .put("created", event.receivedAt().getEpochSecond());
        json.put("event_name", params.required("event_name")).put("identifier", event.identifier());
        json.put("livemode", false).put("timestamp", event.timestampSeconds());
        params.hash("payload").forEach(json.putObject("payload")::put);
        return json;
    }
}
