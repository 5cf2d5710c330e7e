package io.tallymark.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import io.tallymark.usage.RejectReason;
import java.util.Optional;

/** Structured mode: attributes and data in one JSON object, with or without {@code specversion}. */
record StructuredEvent(JsonNode root) implements CloudEvent {
    @Override
    public Optional<String> attribute(String name) throws RejectException {
        JsonNode node = root.path(name);
        if (node.isMissingNode() || node.isNull()) {
            return Optional.empty();
        }
        if (!node.isTextual()) {
            throw new RejectException(
                    RejectReason.WRONG_TYPE, name + " must be a string, not " + RejectException.shown(node.toString()));
        }
        return Optional.of(node.textValue());
    }

    @Override
    public JsonNode data() {
        return root.path("data");
    }
}
