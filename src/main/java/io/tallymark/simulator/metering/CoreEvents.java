package io.tallymark.simulator.metering;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tallymark.simulator.call.ApiReply;
import io.tallymark.simulator.call.Page;
import io.tallymark.simulator.call.Params;
import io.tallymark.simulator.call.Refusal;
import io.tallymark.simulator.call.Routes;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.StringJoiner;
import java.util.stream.Stream;

/** The v2 events: thin ones, of which the simulator has the reports of dropped meter events. Newest first, paged by a token;
 * only a fetched one holds its data. */
public final class CoreEvents {
    public static final String PATH = "/v2/core/events";

    private static final List<String> LIST = Stream.concat(EventFilter.PARAMS.stream(), Stream.of("limit", "page"))
            .toList();
    private static final long DEFAULT_LIMIT = 20;

    private final InstantSource clock;
    private final Validation validation;
    private final ErrorReports reports;

    public CoreEvents(InstantSource clock, Validation validation, ErrorReports reports) {
        this.clock = clock;
        this.validation = validation;
        this.reports = reports;
    }

    public void addTo(Routes routes) {
        routes.add("GET", PATH, (none, params) -> list(params)).add("GET", PATH + "/{}", this::retrieve);
    }

    private ApiReply retrieve(String id, Params params) {
        params.allowOnly(List.of());
        return all().stream()
                .filter(report -> report.id().equals(id))
                .findFirst()
                .map(report -> ApiReply.ok(report.toJson()))
                .orElseThrow(() -> Refusal.noSuch("event", id));
    }

    private ApiReply list(Params params) {
        params.allowOnly(LIST);
        int limit = (int) Page.limit(params, DEFAULT_LIMIT);
        List<ErrorReport> matching =
                all().stream().filter(EventFilter.of(params)).toList();
        int from = params.text("page").map(token -> after(matching, token)).orElse(0);
        int to = Math.min(matching.size(), from + limit);
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.putArray("data")
                .addAll(matching.subList(from, to).stream()
                        .map(ErrorReport::toThinJson)
                        .toList());
        json.put("next_page_url", to < matching.size() ? pageUrl(params, matching.get(to - 1)) : null);
        return ApiReply.ok(json.putNull("previous_page_url"));
    }

    private List<ErrorReport> all() {
        validation.settle();
        return reports.newestFirst(clock.instant());
    }

    private static int after(List<ErrorReport> reports, String token) {
        for (int i = 0; i < reports.size(); i++) {
            if (reports.get(i).id().equals(token)) {
                return i + 1;
            }
        }
        throw Refusal.badRequest("", "page", "Invalid page token.");
    }

    private static String pageUrl(Params params, ErrorReport last) {
        StringJoiner query = new StringJoiner("&", PATH + "?", "&page=" + last.id());
        params.values().forEach((name, value) -> {
            if (!name.equals("page")) {
                query.add(escape(name) + "=" + escape(value));
            }
        });
        return query.toString().replace("?&", "?");
    }

    private static String escape(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
