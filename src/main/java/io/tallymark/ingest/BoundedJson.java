package io.tallymark.ingest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tallymark.usage.RejectReason;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Reads a text as one JSON value, within bounds and with no name twice in an object. Jackson splits the text into tokens; every bound is
 * held here, so that the reason of a refusal does not hang on the wording of a library's exception.
 */
final class BoundedJson {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final JsonFactory factory = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .build())
            // The table of names outlives the record: with this on, what came before would decide about names that
            // collide in it.
            .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
            // Names are anybody's text: they must not fill the JVM's own table of strings.
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();
    private final InputBounds bounds;

    BoundedJson(InputBounds bounds) {
        this.bounds = bounds;
    }

    /**
     * The tree of a text.
     *
     * @throws RejectException when it is not JSON, or beyond a bound
     */
    JsonNode read(String text) throws RejectException {
        try (JsonParser parser = factory.createParser(text)) {
            return new Tree(parser).whole();
        } catch (JsonProcessingException e) {
            throw new RejectException(
                    RejectReason.UNREADABLE, "not JSON: " + RejectException.shown(e.getOriginalMessage()));
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory cannot fail", e);
        }
    }

    /** One text on its way to a tree. */
    private final class Tree {
        private final JsonParser parser;
        private int values;

        Tree(JsonParser parser) {
            this.parser = parser;
        }

        JsonNode whole() throws IOException, RejectException {
            JsonToken first = parser.nextToken();
            if (first == null) {
                throw new RejectException(RejectReason.UNREADABLE, "not JSON: nothing but white space");
            }
            JsonNode root = value(first, 0);
            if (parser.nextToken() != null) {
                throw new RejectException(RejectReason.UNREADABLE, "not JSON: something follows the first value");
            }
            return root;
        }

        /** @param depth objects and lists around the value */
        private JsonNode value(JsonToken token, int depth) throws IOException, RejectException {
            if (++values > bounds.maxValues()) {
                throw tooLarge("the JSON has more than " + bounds.maxValues() + " values");
            }
            return switch (token) {
                case START_OBJECT -> object(inside(depth));
                case START_ARRAY -> list(inside(depth));
                case VALUE_STRING -> NODES.textNode(string());
                case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new WrittenNumber(number());
                case VALUE_TRUE -> NODES.booleanNode(true);
                case VALUE_FALSE -> NODES.booleanNode(false);
                case VALUE_NULL -> NODES.nullNode();
                default -> throw new IllegalStateException("no JSON text begins a value with " + token);
            };
        }

        private int inside(int depth) throws RejectException {
            if (depth == bounds.maxNesting()) {
                throw new RejectException(
                        RejectReason.TOO_DEEP, "the JSON is nested deeper than " + bounds.maxNesting() + " levels");
            }
            return depth + 1;
        }

        private ObjectNode object(int depth) throws IOException, RejectException {
            ObjectNode object = NODES.objectNode();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                if (name.length() > bounds.maxNameChars()) {
                    throw tooLarge("a name in the JSON has " + name.length() + " characters; the limit is "
                            + bounds.maxNameChars() + ": " + RejectException.shown(name));
                }
                if (object.replace(name, value(parser.nextToken(), depth)) != null) {
                    throw new RejectException(
                            RejectReason.UNREADABLE, "the JSON has a name twice: " + RejectException.shown(name));
                }
            }
            return object;
        }

        private ArrayNode list(int depth) throws IOException, RejectException {
            ArrayNode list = NODES.arrayNode();
            for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
                list.add(value(token, depth));
            }
            return list;
        }

        private String string() throws IOException, RejectException {
            int chars = parser.getTextLength();
            if (chars > bounds.maxStringChars()) {
                throw tooLarge("a string in the JSON has " + chars + " characters; the limit is "
                        + bounds.maxStringChars() + ": " + RejectException.shown(parser.getText()));
            }
            return parser.getText();
        }

        private String number() throws IOException, RejectException {
            int chars = parser.getTextLength();
            if (chars > bounds.maxNumberChars()) {
                throw new RejectException(
                        RejectReason.OUT_OF_RANGE,
                        "a number in the JSON has " + chars + " characters; the limit is " + bounds.maxNumberChars()
                                + ": " + RejectException.shown(parser.getText()));
            }
            return parser.getText();
        }

        private static RejectException tooLarge(String detail) {
            return new RejectException(RejectReason.TOO_LARGE, detail);
        }
    }
}
