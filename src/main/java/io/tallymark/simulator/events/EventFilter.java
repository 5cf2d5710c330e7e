package io.tallymark.simulator.events;

import io.tallymark.simulator.call.Params;
import io.tallymark.simulator.call.Refusal;
import java.util.List;
import java.util.Optional;

/** Which events a list shows: by type, time of creation and whether all endpoints have them. */
final class EventFilter {
    private static final String WILDCARD = ".*";

    private final List<String> types;
    private final long fromSeconds;
    private final long toSeconds;
    private final Optional<Boolean> delivered;

    private EventFilter(List<String> types, long fromSeconds, long toSeconds, Optional<Boolean> delivered) {
        this.types = types;
        this.fromSeconds = fromSeconds;
        this.toSeconds = toSeconds;
        this.delivered = delivered;
    }

    static EventFilter of(Params params) {
        Optional<String> type = params.text("type");
        List<String> types = List.copyOf(params.hash("types").values());
        if (type.isPresent() && !types.isEmpty()) {
            throw Refusal.badRequest("", "types", "You may only specify one of these parameters: type, types.");
        }
        long from = Math.max(
                params.integer("created[gte]").orElse(Long.MIN_VALUE),
                params.integer("created[gt]").map(second -> second + 1).orElse(Long.MIN_VALUE));
        long to = Math.min(
                params.integer("created[lte]").orElse(Long.MAX_VALUE),
                params.integer("created[lt]").map(second -> second - 1).orElse(Long.MAX_VALUE));
        Optional<Long> exactly = params.integer("created");
        return new EventFilter(
                type.map(List::of).orElse(types),
                exactly.orElse(from),
                exactly.orElse(to),
                params.flag("delivery_success"));
    }

    boolean shows(AccountEvent event, int pendingWebhooks) {
        long created = event.at().getEpochSecond();
        return (types.isEmpty() || types.stream().anyMatch(type -> matches(type, event.type())))
                && created >= fromSeconds
                && created <= toSeconds
                && delivered.map(success -> success == (pendingWebhooks == 0)).orElse(true);
    }

    /** {@code invoice.*} stands for all types that begin so. */
    private static boolean matches(String pattern, String type) {
        return pattern.endsWith(WILDCARD)
                ? type.startsWith(pattern.substring(0, pattern.length() - 1))
                : pattern.equals(type);
    }
}
