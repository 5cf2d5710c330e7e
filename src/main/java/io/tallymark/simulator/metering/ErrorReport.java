package io.tallymark.simulator.metering;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The events of one meter that were dropped in one window: counted by code, with some samples. The caller locks it. */
final class ErrorReport {
    static final int MOST_SAMPLES = 5;

    private final String id;
    private final String meterId;
    private final Instant start;
    private final Instant end;
    private final Map<String, Group> groups = new TreeMap<>();

    ErrorReport(String id, String meterId, Instant start, Instant end) {
        this.id = id;
        this.meterId = meterId;
        this.start = start;
        this.end = end;
    }

    private static final class Group {
        private final List<ErrorEvent> samples = new ArrayList<>();
        private long count;
    }

    void add(ErrorEvent event) {
        Group group = groups.computeIfAbsent(event.code(), code -> new Group());
        group.count++;
        if (group.samples.size() < MOST_SAMPLES) {
            group.samples.add(event);
        }
    }

    String id() {
        return id;
    }

    String meterId() {
        return meterId;
    }

    /** When its window ended: no event is added to what a reader may have seen. */
    Instant created() {
        return end;
    }

    String type() {
        return meterId.isEmpty() ? "v1.billing.meter.no_meter_found" : "v1.billing.meter.error_report_triggered";
    }

    ObjectNode toJson() {
        ObjectNode json = toThinJson();
        putData(json.putObject("data"));
        return json;
    }

    /** As a list shows it, and a webhook. */
    ObjectNode toThinJson() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("id", id).put("object", "v2.core.event").put("type", type());
        json.put("created", end.toString()).put("livemode", false);
        json.putNull("context").putNull("reason");
        if (!meterId.isEmpty()) {
            ObjectNode related = json.putObject("related_object");
            related.put("id", meterId).put("type", "billing.meter").put("url", Meters.PATH + "/" + meterId);
        }
        return json;
    }

    private void putData(ObjectNode data) {
        long count = groups.values().stream().mapToLong(group -> group.count).sum();
        data.put("developer_message_summary", "There are " + count + " invalid meter events");
        data.put("validation_start", start.toString()).put("validation_end", end.toString());
        ObjectNode reason = data.putObject("reason").put("error_count", count);
        ArrayNode types = reason.putArray("error_types");
        groups.forEach((code, group) -> {
            ObjectNode type = types.addObject().put("code", code).put("error_count", group.count);
            ArrayNode samples = type.putArray("sample_errors");
            group.samples.forEach(event -> putSample(samples.addObject(), event));
        });
    }

    private static void putSample(ObjectNode sample, ErrorEvent event) {
        sample.put("error_message", ErrorMessages.of(event));
        sample.putObject("request").put("identifier", event.identifier());
    }
}
