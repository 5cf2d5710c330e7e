package io.tallymark.simulator;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tallymark.simulator.call.ApiReply;
import io.tallymark.simulator.call.ApiRequest;
import io.tallymark.simulator.call.Fault;
import io.tallymark.simulator.call.Faults;
import io.tallymark.simulator.call.Params;
import io.tallymark.simulator.call.Refusal;
import io.tallymark.simulator.call.RequestLog;
import io.tallymark.simulator.call.Routes;
import io.tallymark.simulator.metering.AggregateUsage;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a person may do with a simulator that Stripe has no call for: look at it, move its clock, script faults, create legacy items. It
 * needs no key, meets no faults and is not in the log.
 */
final class Admin {
    static final String PATH = "/_simulator";

    private final InstantSource clock;
    private final SimulatedState state;
    private final Faults faults;
    private final AdminPage page;
    private final Routes routes = new Routes();

    Admin(InstantSource clock, SimulatedState state, Faults faults, RequestLog requests) {
        this.clock = clock;
        this.state = state;
        this.faults = faults;
        page = new AdminPage(clock, state, faults, requests);
        routes.add("GET", "/", (none, params) -> html())
                .add("GET", PATH, (none, params) -> html())
                .add("POST", PATH + "/clock", (none, params) -> moveClock(params))
                .add("POST", PATH + "/faults", (none, params) -> script(params))
                .add("POST", PATH + "/legacy_items", (none, params) -> createItem(params));
    }

    static boolean owns(String path) {
        return path.equals("/") || path.equals(PATH) || path.startsWith(PATH + "/");
    }

    ApiReply answer(ApiRequest request) {
        return routes.answer(request);
    }

    private ApiReply html() {
        return new ApiReply(200, Map.of("Content-Type", "text/html; charset=utf-8"), page.render(), false);
    }

    private ApiReply moveClock(Params params) {
        params.allowOnly(List.of("advance", "to"));
        Optional<Duration> to = params.text("to").map(text -> Duration.between(clock.instant(), instant("to", text)));
        Duration step = to.isPresent() ? to.get() : AdminDuration.parse("advance", params.required("advance"));
        if (!(clock instanceof MovableClock movable)) {
            throw Refusal.badRequest(
                    "", "advance", "This simulator goes by the real time; start it with --movable-clock.");
        }
        movable.advance(step);
        return ApiReply.ok(json().put("now", clock.instant().toString()));
    }

    private ApiReply script(Params params) {
        params.allowOnly(List.of("next", "outage", "latency", "clear"));
        Fault[] script = params.text("next").map(Admin::faults).orElse(new Fault[0]);
        String outage = params.oneOf("outage", List.of("on", "off"), "");
        if (params.text("clear").isPresent()) {
            faults.clear();
        }
        params.text("latency").ifPresent(text -> faults.latency(AdminDuration.parse("latency", text)));
        faults.next(script);
        if (!outage.isEmpty()) {
            faults.outage(outage.equals("on"));
        }
        return ApiReply.ok(json().put("waiting", faults.waiting()).put("outage", faults.outage()));
    }

    private static Fault[] faults(String names) {
        try {
            return Arrays.stream(names.split(","))
                    .map(String::strip)
                    .map(Fault::valueOf)
                    .toArray(Fault[]::new);
        } catch (IllegalArgumentException e) {
            throw Refusal.badRequest("", "next", "Faults are " + Arrays.toString(Fault.values()));
        }
    }

    private ApiReply createItem(Params params) {
        params.allowOnly(List.of("customer", "anchor", "aggregate_usage", "billing_thresholds"));
        boolean thresholds = params.oneOf("billing_thresholds", List.of("true", "false"), "false")
                .equals("true");
        String id = state.items()
                .create(
                        params.required("customer"),
                        instant("anchor", params.required("anchor")),
                        aggregate(params),
                        thresholds);
        return ApiReply.ok(json().put("id", id).put("object", "subscription_item"));
    }

    private static AggregateUsage aggregate(Params params) {
        String name = params.text("aggregate_usage").orElse(AggregateUsage.SUM.apiName());
        return Arrays.stream(AggregateUsage.values())
                .filter(aggregate -> aggregate.apiName().equals(name))
                .findFirst()
                .orElseThrow(() -> Refusal.badRequest("", "aggregate_usage", "Invalid aggregate_usage: " + name));
    }

    private static Instant instant(String param, String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw Refusal.badRequest("", param, "Invalid instant: such as 2026-11-01T00:00:00Z.");
        }
    }

    private static ObjectNode json() {
        return JsonNodeFactory.instance.objectNode();
    }
}
