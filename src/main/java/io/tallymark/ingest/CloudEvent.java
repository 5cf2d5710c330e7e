package io.tallymark.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import io.tallymark.usage.RejectReason;
import java.util.List;
import java.util.Optional;

/**
 * A CloudEvents 1.0 event in JSON, whichever way Kafka carried it: attributes and values in {@code data} by path.
 *
 * <p>Paths such as {@code data.usage.tokens} walk into the data; any other path names an attribute.
 */
interface CloudEvent {
    String DATA = "data";
    String DATA_PREFIX = "data.";
    String VOID = "void";

    /** What every event is asked for. */
    List<String> ATTRIBUTES = List.of("specversion", "id", "source", "type", "subject", "time", VOID);

    /**
     * The attribute as it was written, if it is there and not null.
     *
     * @throws RejectException when it is unreadable
     */
    Optional<JsonNode> written(String name) throws RejectException;

    /**
     * The value at a path, if it is there and not null.
     *
     * @throws RejectException when it is unreadable
     */
    Optional<JsonNode> at(String path) throws RejectException;

    /**
     * Looks at the data.
     *
     * @throws RejectException when it is there but neither an object nor null
     */
    void requireObject() throws RejectException;

    /**
     * The attribute's text, if it is there.
     *
     * @throws RejectException when it is there but no text
     */
    default Optional<String> attribute(String name) throws RejectException {
        Optional<JsonNode> value = written(name);
        if (value.isPresent() && !value.get().isTextual()) {
            throw new RejectException(
                    RejectReason.WRONG_TYPE, name + " must be a string, not " + RejectException.shown(value.get()));
        }
        return value.map(JsonNode::textValue);
    }

    /**
     * Whether the extension attribute {@code void} takes the event out: a JSON boolean, or its text as a header has it.
     *
     * @throws RejectException when it is anything else
     */
    default boolean isVoid() throws RejectException {
        Optional<JsonNode> value = written(VOID);
        if (value.isEmpty()) {
            return false;
        }
        String text = value.get().isValueNode() && !value.get().isNumber()
                ? value.get().asText()
                : "";
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default ->
                throw new RejectException(
                        RejectReason.WRONG_TYPE,
                        VOID + " must be true or false, not " + RejectException.shown(value.get()));
        };
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
