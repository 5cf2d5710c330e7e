package io.tallymark.simulator.catalog;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tallymark.simulator.call.Metadata;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A product.
 *
 * @param id {@code prod_…}, or one that its creator chose
 * @param texts {@code description}, {@code unit_label}, {@code statement_descriptor}, {@code tax_code} and {@code url}, where it has them
 * @param defaultPrice {@code price_…}; empty: none
 * @param active whether new prices and subscriptions may use it
 * @param createdSeconds epoch seconds
 */
public record SimulatedProduct(
        String id,
        String name,
        Map<String, String> texts,
        String defaultPrice,
        boolean active,
        Map<String, String> metadata,
        long createdSeconds,
        long updatedSeconds) {
    public SimulatedProduct {
        texts = Map.copyOf(texts);
        metadata = Map.copyOf(metadata);
    }

    ObjectNode toJson() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("id", id).put("object", "product").put("active", active);
        json.put("created", createdSeconds).put("updated", updatedSeconds).put("livemode", false);
        json.put("default_price", defaultPrice.isEmpty() ? null : defaultPrice);
        json.put("name", name).put("type", "service");
        Products.TEXTS.keySet().forEach(text -> json.put(text, textOrNull(text)));
        json.putArray("images");
        json.putArray("marketing_features");
        Metadata.write(json, metadata);
        return json;
    }

    private @Nullable String textOrNull(String name) {
        return texts.get(name);
    }
}
