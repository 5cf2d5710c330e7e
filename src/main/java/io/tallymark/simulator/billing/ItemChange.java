package io.tallymark.simulator.billing;

import io.tallymark.simulator.call.Metadata;
import io.tallymark.simulator.call.Params;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a call wants of one item of a subscription.
 *
 * @param param where it stands in the call, such as {@code items[0]}
 * @param id empty for a new item
 * @param price empty to keep the one it has
 * @param quantity null when it was not given
 * @param metadata null when it was not given
 */
record ItemChange(
        String param,
        String id,
        String price,
        @Nullable Long quantity,
        boolean deleted,
        boolean clearUsage,
        @Nullable Map<String, String> metadata) {
    private static final List<String> NEW = List.of("price", "quantity", "metadata");
    private static final List<String> CHANGE = List.of("id", "price", "quantity", "metadata", "deleted", "clear_usage");

    /** The items that a call creates. */
    static List<ItemChange> created(Params params, String list) {
        return read(params, list, NEW);
    }

    static List<ItemChange> changed(Params params, String list) {
        return read(params, list, CHANGE);
    }

    /** @param clearUsage whether its usage is dropped */
    static ItemChange delete(SubscriptionItem item, boolean clearUsage) {
        return new ItemChange("items", item.id(), "", null, true, clearUsage, null);
    }

    /** The same wish for an item that is there. */
    ItemChange of(SubscriptionItem item) {
        return new ItemChange(param, item.id(), price, quantity, deleted, clearUsage, metadata);
    }

    private static List<ItemChange> read(Params params, String list, List<String> allowed) {
        return params.elements(list).stream()
                .map(element -> element(params, element, allowed))
                .toList();
    }

    private static ItemChange element(Params params, String element, List<String> allowed) {
        params.allowOnlyWithin(element, allowed);
        String metadata = element + "[metadata]";
        return new ItemChange(
                element,
                params.text(element + "[id]").orElse(""),
                params.text(element + "[price]").orElse(""),
                params.integer(element + "[quantity]").orElse(null),
                params.flag(element + "[deleted]").orElse(false),
                params.flag(element + "[clear_usage]").orElse(false),
                params.mentions(metadata) ? Metadata.merged(Map.of(), params, metadata) : null);
    }
}
