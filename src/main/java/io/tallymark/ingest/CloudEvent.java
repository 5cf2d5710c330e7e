package io.tallymark.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import io.tallymark.usage.RejectReason;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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
     * The attribute as it was written; null when there is none, or JSON's null.
     *
     * @throws RejectException when it is unreadable
     */
    @Nullable
    JsonNode written(String name) throws RejectException;

    /**
     * The value at a path; null when there is none, or JSON's null. No {@link Optional}: it is asked for many times an event.
     *
     * @throws RejectException when it is unreadable
     */
    @Nullable
    JsonNode at(String path) throws RejectException;

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
        JsonNode value = written(name);
        if (value != null && !value.isTextual()) {
            throw new RejectException(
                    RejectReason.WRONG_TYPE, name + " must be a string, not " + RejectException.shown(value));
        }
        return value == null ? Optional.empty() : Optional.of(value.textValue());
    }

    /**
     * Whether the extension attribute {@code void} takes the event out: a JSON boolean, or its text as a header has it.
     *
     * @throws RejectException when it is anything else
     */
    default boolean isVoid() throws RejectException {
        JsonNode value = written(VOID);
        if (value == null) {
            return false;
        }
        String text = value.isValueNode() && !value.isNumber() ? value.asText() : "";
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default ->
                throw new RejectException(
                        RejectReason.WRONG_TYPE, VOID + " must be true or false, not " + RejectException.shown(value));
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

    /**
     * The attribute's text, which must be there, and sound and short enough to be part of a key.
     *
     * @throws RejectException when it is not
     */
    default String key(String name, int maxChars) throws RejectException {
        return KeyText.checked(name, required(name), maxChars);
    }
}
