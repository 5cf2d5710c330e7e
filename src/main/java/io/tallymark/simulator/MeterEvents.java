package io.tallymark.simulator;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * The meter event endpoint: refuses at once what Stripe refuses at once, takes an identifier once in 24 hours, and counts at once. An
 * event of an unknown customer is answered with 200 and dropped.
 */
final class MeterEvents {
    static final String PATH = "/v1/billing/meter_events";
    static final Duration OLDEST = Duration.ofDays(35);
    static final Duration FARTHEST_AHEAD = Duration.ofMinutes(5);

    private static final List<String> CREATE = List.of("event_name", "identifier", "timestamp", "payload[*]");

    private final InstantSource clock;
    private final Meters meters;
    private final Customers customers;
    private final UsageLedger usage;
    private final ErrorEvents errors;
    private final Identifiers identifiers = new Identifiers();
    private final CallsInFlight inFlight = new CallsInFlight();

    MeterEvents(InstantSource clock, Meters meters, Customers customers, UsageLedger usage, ErrorEvents errors) {
        this.clock = clock;
        this.meters = meters;
        this.customers = customers;
        this.usage = usage;
        this.errors = errors;
    }

    void addTo(Routes routes) {
        routes.add("POST", PATH, (none, params) -> create(params));
    }

    private ApiReply create(Params params) {
        params.allowOnly(CREATE);
        SimulatedMeter meter = meterOf(params.required("event_name"));
        String customer = params.required("payload[" + meter.customerKey() + "]");
        return inFlight.alone(new UsageLedger.Account(meter.id(), customer), () -> {
            Received event = read(meter, customer, params);
            if (!identifiers.claim(event.identifier(), event.at())) {
                throw Refusal.duplicateEvent(event.identifier());
            }
            count(event);
            return ApiReply.ok(event.toJson(params.hash("payload")));
        });
    }

    private SimulatedMeter meterOf(String eventName) {
        return meters.activeFor(eventName)
                .orElseThrow(() -> Refusal.badRequest(
                        "", "event_name", "No active meter found for event name \"" + eventName + "\"."));
    }

    private Received read(SimulatedMeter meter, String customer, Params params) {
        Instant now = clock.instant();
        long timestamp = params.integer("timestamp").orElse(now.getEpochSecond());
        requireInReach(timestamp, now);
        String identifier =
                params.text("identifier", 100).orElseGet(() -> UUID.randomUUID().toString());
        return new Received(meter, customer, value(meter, params), identifier, timestamp, now);
    }

    private static BigDecimal value(SimulatedMeter meter, Params params) {
        String param = "payload[" + meter.valueKey() + "]";
        if (meter.formula().equals(SimulatedMeter.COUNT) && params.text(param).isEmpty()) {
            return BigDecimal.ONE;
        }
        return EventValue.parse(param, params.required(param));
    }

    private static void requireInReach(long timestamp, Instant now) {
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

    private void count(Received event) {
        if (customers.exists(event.customer())) {
            usage.add(event.meter(), event.customer(), event.value(), event.timestampSeconds());
            return;
        }
        errors.add(new ErrorEvent(
                "meter_event_customer_not_found",
                event.meter().id(),
                event.identifier(),
                event.customer(),
                event.at()));
    }

    private record Received(
            SimulatedMeter meter,
            String customer,
            BigDecimal value,
            String identifier,
            long timestampSeconds,
            Instant at) {
        ObjectNode toJson(Map<String, String> payload) {
            ObjectNode json = JsonNodeFactory.instance.objectNode();
            json.put("object", "billing.meter_event").put("created", at.getEpochSecond());
            json.put("event_name", meter.eventName()).put("identifier", identifier);
            json.put("livemode", false).put("timestamp", timestampSeconds);
            payload.forEach(json.putObject("payload")::put);
            return json;
        }
    }
}
