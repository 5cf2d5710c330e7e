package io.tallymark.simulator.metering;

import io.tallymark.simulator.call.Params;
import io.tallymark.simulator.call.Refusal;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Which events a list is to show: by type, by object and by time of creation. */
final class EventFilter {
    static final List<String> PARAMS = List.of("object_id", "types", "types[*]", "created[*]");

    private EventFilter() {}

    static Predicate<ErrorReport> of(Params params) {
        List<String> types = types(params);
        Predicate<ErrorReport> filter = report -> types.isEmpty() || types.contains(report.type());
        Optional<String> object = params.text("object_id");
        return filter.and(report ->
                        object.filter(id -> !id.equals(report.meterId())).isEmpty())
                .and(created(params, "created[gt]", order -> order > 0))
                .and(created(params, "created[gte]", order -> order >= 0))
                .and(created(params, "created[lt]", order -> order < 0))
                .and(created(params, "created[lte]", order -> order <= 0));
    }

    private static List<String> types(Params params) {
        return params.values().entrySet().stream()
                .filter(param ->
                        param.getKey().equals("types") || param.getKey().startsWith("types["))
                .map(Map.Entry::getValue)
                .toList();
    }

    private static Predicate<ErrorReport> created(Params params, String name, Predicate<Integer> order) {
        Optional<Instant> bound = params.text(name).map(text -> instant(name, text));
        return report -> bound.map(instant -> order.test(report.created().compareTo(instant)))
                .orElse(true);
    }

    private static Instant instant(String name, String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw Refusal.badRequest("", name, "Invalid timestamp: must be RFC 3339.");
        }
    }
}
