package io.tallymark.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.tallymark.usage.RejectReason;
import java.util.Optional;

/**
 * A CloudEvents 1.0 event in JSON, whichever way Kafka carried it: attributes by name and {@code data} as a tree.
 *
 * <p>Paths such as {@code data.usage.tokens} walk into the data; any other path names an attribute.
 */
interface CloudEvent {
    String DATA_PREFIX = "data.";

    /**
     * The attribute's text, if it is there.
     *
     * @throws RejectException when it is there but no text
     */
    Optional<String> attribute(String name) throws RejectException;

    /** The event's data; a missing node when there is none. */
    JsonNode data();

    /** The value at a path, if it is there and not null. */
    default Optional<JsonNode> at(String path) throws RejectException {
        if (!path.startsWith(DATA_PREFIX)) {
            return attribute(path).map(TextNode::valueOf);
        }
        JsonNode node = data();
        for (String segment : path.substring(DATA_PREFIX.length()).split("\\.", -1)) {
            node = node.path(segment);
        }
        return node.isMissingNode() || node.isNull() ? Optional.empty() : Optional.of(node);
    }

    /** The attribute's text, which must be there and not empty. */
    default String required(String name) throws RejectException {
        String value = attribute(name).orElse("");
        if (value.isEmpty()) {
            throw new RejectException(RejectReason.MISSING_ATTRIBUTE, name + " is missing");
        }
        return value;
    }
}
