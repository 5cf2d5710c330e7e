package io.tallymark.simulator.metering;

import io.tallymark.simulator.call.ApiReply;
import io.tallymark.simulator.call.Ids;
import io.tallymark.simulator.call.Page;
import io.tallymark.simulator.call.Params;
import io.tallymark.simulator.call.Refusal;
import io.tallymark.simulator.call.Routes;
import io.tallymark.simulator.call.Shelf;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** The meters and their endpoints. At most one active meter listens to an event name. */
public final class Meters {
    static final String PATH = "/v1/billing/meters";

    private static final List<String> CREATE = List.of(
            "display_name",
            "event_name",
            "event_time_window",
            "default_aggregation[formula]",
            "customer_mapping[event_payload_key]",
            "customer_mapping[type]",
            "value_settings[event_payload_key]");
    private static final List<String> LIST =
            Stream.concat(Page.PARAMS.stream(), Stream.of("status")).toList();

    private final InstantSource clock;
    private final Ids ids = new Ids("mtr_test_");
    private final Shelf<SimulatedMeter> meters = new Shelf<>();
    private final Map<String, SimulatedMeter> activeByEventName = new ConcurrentHashMap<>();

    public Meters(InstantSource clock) {
        this.clock = clock;
    }

    public void addTo(Routes routes) {
        routes.add("POST", PATH, (none, params) -> create(params))
                .add("GET", PATH, (none, params) -> list(params))
                .add("GET", PATH + "/{}", this::retrieve)
                .add("POST", PATH + "/{}", this::rename)
                .add("POST", PATH + "/{}/deactivate", (id, params) -> setActive(id, params, false))
                .add("POST", PATH + "/{}/reactivate", (id, params) -> setActive(id, params, true));
    }

    Optional<SimulatedMeter> activeFor(String eventName) {
        return Optional.ofNullable(activeByEventName.get(eventName));
    }

    /** The meter of an event name: the active one, else the newest. */
    public Optional<SimulatedMeter> named(String eventName) {
        return activeFor(eventName)
                .or(() -> meters.newestFirst().stream()
                        .filter(meter -> meter.eventName().equals(eventName))
                        .findFirst());
    }

    public boolean isActive(String id) {
        return meters.find(id).filter(SimulatedMeter::active).isPresent();
    }

    public List<SimulatedMeter> all() {
        return meters.newestFirst();
    }

    public Optional<SimulatedMeter> find(String id) {
        return meters.find(id);
    }

    SimulatedMeter get(String id) {
        return meters.find(id).orElseThrow(() -> Refusal.noSuch("billing meter", id));
    }

    private ApiReply create(Params params) {
        params.allowOnly(CREATE);
        SimulatedMeter meter = fromParams(params);
        synchronized (meters) {
            refuseSecondActive(meter.eventName());
            put(meter);
        }
        return ApiReply.ok(meter.toJson());
    }

    private SimulatedMeter fromParams(Params params) {
        params.oneOf("customer_mapping[type]", List.of("by_id"), "by_id");
        params.required("default_aggregation[formula]");
        long now = clock.instant().getEpochSecond();
        return new SimulatedMeter(
                ids.next(),
                params.required("display_name", 250),
                params.required("event_name", 100),
                params.oneOf(
                        "default_aggregation[formula]",
                        List.of(SimulatedMeter.SUM, SimulatedMeter.COUNT, SimulatedMeter.LAST),
                        SimulatedMeter.SUM),
                params.oneOf("event_time_window", List.of(SimulatedMeter.HOUR, SimulatedMeter.DAY), SimulatedMeter.RAW),
                params.text("customer_mapping[event_payload_key]", 100).orElse("stripe_customer_id"),
                params.text("value_settings[event_payload_key]", 100).orElse("value"),
                true,
                now,
                now);
    }

    private ApiReply list(Params params) {
        params.allowOnly(LIST);
        String status = params.oneOf("status", List.of("active", "inactive"), "");
        return Page.of(
                meters.newestFirst().stream()
                        .filter(meter -> status.isEmpty() || meter.active() == status.equals("active"))
                        .map(SimulatedMeter::toJson)
                        .toList(),
                PATH,
                params);
    }

    private ApiReply retrieve(String id, Params params) {
        params.allowOnly(List.of());
        return ApiReply.ok(get(id).toJson());
    }

    private ApiReply rename(String id, Params params) {
        params.allowOnly(List.of("display_name"));
        Optional<String> name = params.text("display_name", 250);
        return change(
                id,
                meter -> name.map(text ->
                                meter.withDisplayName(text, clock.instant().getEpochSecond()))
                        .orElse(meter));
    }

    private ApiReply setActive(String id, Params params, boolean active) {
        params.allowOnly(List.of());
        return change(id, meter -> {
            if (meter.active() == active) {
                throw Refusal.badRequest("", "", "This meter is already " + (active ? "active." : "inactive."));
            }
            if (active) {
                refuseSecondActive(meter.eventName());
            }
            return meter.withActive(active, clock.instant().getEpochSecond());
        });
    }

    private ApiReply change(String id, UnaryOperator<SimulatedMeter> change) {
        synchronized (meters) {
            SimulatedMeter changed = change.apply(get(id));
            put(changed);
            return ApiReply.ok(changed.toJson());
        }
    }

    private void put(SimulatedMeter meter) {
        meters.put(meter.id(), meter);
        if (meter.active()) {
            activeByEventName.put(meter.eventName(), meter);
        } else {
            activeByEventName.computeIfPresent(
                    meter.eventName(), (name, other) -> other.id().equals(meter.id()) ? null : other);
        }
    }

    private void refuseSecondActive(String eventName) {
        activeFor(eventName).ifPresent(other -> {
            throw Refusal.badRequest(
                    "",
                    "event_name",
                    "An active meter with event name \"" + eventName + "\" already exists: " + other.id() + ".");
        });
    }
}
