package io.tallymark.simulator.metering;

import io.tallymark.simulator.call.Params;
import io.tallymark.simulator.call.Refusal;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/** Takes events of the stream as they are: a fault becomes an error event, a repeated identifier is dropped without a word. */
public final class StreamedEvents {
    private final InstantSource clock;
    private final Meters meters;
    private final Identifiers identifiers;
    private final Validation validation;

    public StreamedEvents(InstantSource clock, Meters meters, Identifiers identifiers, Validation validation) {
        this.clock = clock;
        this.meters = meters;
        this.identifiers = identifiers;
        this.validation = validation;
    }

    /** What the stream refuses at once. */
    static void requireForm(Params event) {
        event.allowOnly(MeterEvents.CREATE);
        event.required("event_name");
        MeterEvents.identifier(event);
        timestamp(event, Instant.EPOCH);
    }

    void receive(Params params) {
        UsageEvent event = read(params);
        if (identifiers.claim(event)) {
            validation.receive(event);
        }
    }

    private UsageEvent read(Params params) {
        Instant now = clock.instant();
        long timestamp = timestamp(params, now).getEpochSecond();
        Optional<SimulatedMeter> meter = meters.activeFor(params.required("event_name"));
        String customer = meter.flatMap(known -> params.text("payload[" + known.customerKey() + "]"))
                .orElse("");
        UsageLedger.Account account =
                new UsageLedger.Account(meter.map(SimulatedMeter::id).orElse(""), customer);
        BigDecimal value = BigDecimal.ZERO;
        String problem = meter.isEmpty() ? "no_meter" : customer.isEmpty() ? "meter_event_no_customer_defined" : "";
        try {
            MeterEvents.requireInReach(timestamp, now);
            value = meter.map(known -> MeterEvents.value(known, params)).orElse(value);
        } catch (Refusal refusal) {
            problem = problem.isEmpty() ? problemOf(refusal) : problem;
        }
        return new UsageEvent(account, MeterEvents.identifier(params), value, timestamp, now, problem);
    }

    private static String problemOf(Refusal refusal) {
        return refusal.code().equals("parameter_missing") ? "meter_event_invalid_value" : refusal.code();
    }

    private static Instant timestamp(Params event, Instant fallback) {
        try {
            return event.text("timestamp").map(Instant::parse).orElse(fallback);
        } catch (DateTimeParseException e) {
            throw Refusal.badRequest("", "timestamp", "Invalid timestamp: must be RFC 3339.");
        }
    }
}
