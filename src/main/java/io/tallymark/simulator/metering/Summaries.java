package io.tallymark.simulator.metering;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tallymark.simulator.call.ApiReply;
import io.tallymark.simulator.call.Page;
import io.tallymark.simulator.call.Params;
import io.tallymark.simulator.call.Refusal;
import io.tallymark.simulator.call.Routes;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.NavigableMap;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The event summary endpoint: what was counted for one customer, in whole or by hour or day, newest first, windows without usage left
 * out. Values are exact decimals.
 */
public final class Summaries {
    private static final List<String> LIST = Stream.concat(
                    Page.PARAMS.stream(), Stream.of("customer", "start_time", "end_time", "value_grouping_window"))
            .toList();

    private final Meters meters;
    private final UsageLedger usage;
    private final Validation validation;

    public Summaries(Meters meters, UsageLedger usage, Validation validation) {
        this.meters = meters;
        this.usage = usage;
        this.validation = validation;
    }

    public void addTo(Routes routes) {
        routes.add("GET", Meters.PATH + "/{}/event_summaries", this::list);
    }

    private ApiReply list(String meterId, Params params) {
        params.allowOnly(LIST);
        SimulatedMeter meter = meters.get(meterId);
        String customer = params.required("customer");
        String grouping = params.oneOf("value_grouping_window", List.of("hour", "day"), "");
        long alignment = alignmentSeconds(grouping);
        long start = aligned(params, "start_time", alignment);
        long end = aligned(params, "end_time", alignment);
        if (end <= start) {
            throw Refusal.badRequest("", "end_time", "end_time must be after start_time.");
        }
        validation.settle();
        List<ObjectNode> summaries = grouping.isEmpty()
                ? whole(meter, customer, start, end)
                : byWindow(meter, customer, start, end, alignment);
        return Page.of(summaries, Meters.PATH + "/" + meterId + "/event_summaries", params);
    }

    private List<ObjectNode> whole(SimulatedMeter meter, String customer, long start, long end) {
        UsageBucket all = usage.shown(account(meter, customer), start, end, seconds -> start)
                .getOrDefault(start, UsageBucket.EMPTY);
        return List.of(toJson(meter, customer, start, end, all));
    }

    private List<ObjectNode> byWindow(SimulatedMeter meter, String customer, long start, long end, long window) {
        NavigableMap<Long, UsageBucket> windows =
                usage.shown(account(meter, customer), start, end, seconds -> Math.floorDiv(seconds, window) * window);
        return windows.descendingMap().entrySet().stream()
                .map(entry -> toJson(meter, customer, entry.getKey(), entry.getKey() + window, entry.getValue()))
                .toList();
    }

    private static UsageLedger.Account account(SimulatedMeter meter, String customer) {
        return new UsageLedger.Account(meter.id(), customer);
    }

    private static ObjectNode toJson(SimulatedMeter meter, String customer, long start, long end, UsageBucket bucket) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("id", idOf(meter, customer, start, end)).put("object", "billing.meter_event_summary");
        json.put("aggregated_value", bucket.aggregate(meter.formula()));
        json.put("end_time", end).put("livemode", false);
        return json.put("meter", meter.id()).put("start_time", start);
    }

    /** The same window has the same id on every page. */
    private static String idOf(SimulatedMeter meter, String customer, long start, long end) {
        String name = String.join("/", meter.id(), customer, Long.toString(start), Long.toString(end));
        return "mtrusg_test_"
                + UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8))
                        .toString()
                        .replace("-", "");
    }

    private static long aligned(Params params, String name, long alignment) {
        long seconds = params.requiredInteger(name);
        if (seconds % alignment == 0) {
            return seconds;
        }
        String boundary = alignment == 60 ? "minute" : alignment == 3_600 ? "hour" : "UTC day";
        throw Refusal.badRequest("", name, name + " must be aligned with " + boundary + " boundaries.");
    }

    private static long alignmentSeconds(String grouping) {
        return switch (grouping) {
            case "hour" -> 3_600;
            case "day" -> 86_400;
            default -> 60;
        };
    }
}
