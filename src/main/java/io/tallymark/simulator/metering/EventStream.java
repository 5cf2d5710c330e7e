package io.tallymark.simulator.metering;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.tallymark.simulator.call.ApiReply;
import io.tallymark.simulator.call.ApiRequest;
import io.tallymark.simulator.call.Params;
import io.tallymark.simulator.call.Refusal;
import io.tallymark.simulator.call.Routes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The meter event stream: up to 100 events a call, with a session's token for a key. Only their form is checked at once; whatever else
 * is wrong with them is left to the {@link Validation}.
 */
public final class EventStream {
    public static final String PATH = "/v2/billing/meter_event_stream";
    static final int MOST_EVENTS = 100;

    private static final Pattern ENTRY = Pattern.compile("events\\[(\\d{1,4})]\\[(\\w+)](.*)");

    private final StreamSessions sessions;
    private final StreamedEvents events;

    public EventStream(StreamSessions sessions, StreamedEvents events) {
        this.sessions = sessions;
        this.events = events;
    }

    public void addTo(Routes routes) {
        routes.addCall("POST", PATH, (none, request) -> create(request));
    }

    private ApiReply create(ApiRequest request) {
        sessions.requireToken(request.headers());
        List<Params> sent = split(request.params());
        if (sent.isEmpty() || sent.size() > MOST_EVENTS) {
            throw Refusal.badRequest("", "events", "There must be 1 to " + MOST_EVENTS + " events.");
        }
        sent.forEach(StreamedEvents::requireForm);
        sent.forEach(events::receive);
        return ApiReply.ok(JsonNodeFactory.instance.objectNode());
    }

    /** The events of a call, each with the parameters of a single one. */
    static List<Params> split(Params params) {
        Map<Integer, Map<String, String>> byIndex = new TreeMap<>();
        params.values().forEach((name, value) -> {
            Matcher entry = ENTRY.matcher(name);
            if (!entry.matches()) {
                throw Refusal.badRequest("parameter_unknown", name, "Received unknown parameter: " + name);
            }
            byIndex.computeIfAbsent(Integer.valueOf(entry.group(1)), index -> new LinkedHashMap<>())
                    .put(entry.group(2) + entry.group(3), value);
        });
        return byIndex.values().stream().map(Params::new).toList();
    }
}
