package io.tallymark.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/** Structured mode: attributes and data in one JSON object, with or without {@code specversion}. */
record StructuredEvent(JsonNode root) implements TreeEvent {
    @Override
    public @Nullable JsonNode written(String name) {
        JsonNode node = root.path(name);
        return node.isMissingNode() || node.isNull() ? null : node;
    }

    @Override
    public JsonNode data() {
        return root.path("data");
    }
}
