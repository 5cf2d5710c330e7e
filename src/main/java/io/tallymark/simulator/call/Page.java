package io.tallymark.simulator.call;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.function.Function;

/** Cuts a list as Stripe does: {@code limit} of 1 to 100, 10 by default, and the entry after which, or before which, to go on. */
public final class Page {
    public static final List<String> PARAMS = List.of("limit", "starting_after", "ending_before");

    private static final long DEFAULT_LIMIT = 10;
    private static final long MOST = 100;

    private Page() {}

    /** The page of {@code all}, whose entries are JSON objects with an id. */
    public static ApiReply of(List<ObjectNode> all, String url, Params params) {
        return of(all, entry -> entry.path("id").asText(), entry -> entry, url, params);
    }

    /** As {@link #of(List, String, Params)}; only what is on the page is written as JSON. */
    public static <T> ApiReply of(
            List<T> all, Function<T, String> id, Function<T, ObjectNode> json, String url, Params params) {
        int limit = (int) limit(params, DEFAULT_LIMIT);
        int from = 0;
        int to = all.size();
        boolean backwards = params.text("ending_before").isPresent();
        if (backwards) {
            to = indexOf(all, id, params.required("ending_before"), "ending_before");
            from = Math.max(0, to - limit);
        } else if (params.text("starting_after").isPresent()) {
            from = indexOf(all, id, params.required("starting_after"), "starting_after") + 1;
        }
        int end = Math.min(to, from + limit);
        List<ObjectNode> page = all.subList(from, end).stream().map(json).toList();
        return ApiReply.ok(list(page, backwards ? from > 0 : end < to, url));
    }

    private static ObjectNode list(List<ObjectNode> entries, boolean hasMore, String url) {
        ObjectNode list = JsonNodeFactory.instance.objectNode();
        list.put("object", "list").put("url", url).put("has_more", hasMore);
        list.putArray("data").addAll(entries);
        return list;
    }

    /** The number of entries that were asked for, 1 to 100. */
    public static long limit(Params params, long byDefault) {
        long limit = params.integer("limit").orElse(byDefault);
        if (limit < 1) {
            throw Refusal.badRequest(
                    "parameter_invalid_integer", "limit", "This value must be greater than or equal to 1.");
        }
        if (limit > MOST) {
            throw Refusal.badRequest(
                    "parameter_invalid_integer", "limit", "This value must be less than or equal to 100.");
        }
        return limit;
    }

    private static <T> int indexOf(List<T> all, Function<T, String> idOf, String id, String param) {
        for (int i = 0; i < all.size(); i++) {
            if (idOf.apply(all.get(i)).equals(id)) {
                return i;
            }
        }
        throw Refusal.badRequest("resource_missing", param, "No such object: '" + id + "'");
    }
}
