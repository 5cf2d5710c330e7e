package io.tallymark.proof;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Keeps a value JSON, or nearly, and changes what it says. Bytes that are no JSON object stay as they are. */
final class JsonMutator {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PLACE = "put-it-here";
    private static final String QUOTED_PLACE = '"' + PLACE + '"';

    private final RandomGenerator random;

    JsonMutator(RandomGenerator random) {
        this.random = random;
    }

    byte[] mutate(byte[] bytes) {
        ObjectNode event = parse(bytes);
        if (event.isEmpty()) {
            return bytes;
        }
        String text = switch (random.nextInt(8)) {
            case 0 -> withTwoOf(event);
            case 1 -> put(event, "time", '"' + draw(HostileText.TIMES) + '"');
            case 2 -> put(event, "void", draw(HostileText.TOKENS));
            case 3 -> put(data(event), event, "more", HostileText.nested(random, 100_000));
            case 4 -> renamed(event);
            case 5 -> draw(HostileText.WRAPPINGS).replace("$", event.toString());
            default -> swapped(event);
        };
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Padded to about that many bytes: with one long string, many values, or digits. */
    byte[] enlarged(byte[] bytes, int size) {
        ObjectNode event = parse(bytes);
        String filler = switch (random.nextInt(4)) {
            case 0 -> '"' + "x".repeat(size) + '"';
            case 1 -> "[" + "1,".repeat(size / 2) + "1]";
            case 2 -> "9".repeat(size);
            default -> "{" + "\"\":[],".repeat(size / 7) + "\"a\":1}";
        };
        return put(random.nextBoolean() ? event : data(event), event, "more", filler)
                .getBytes(StandardCharsets.UTF_8);
    }

    private String withTwoOf(ObjectNode event) {
        String name = someName(event);
        String second = random.nextBoolean() ? event.path(name).toString() : draw(HostileText.TOKENS);
        return "{" + JSON.getNodeFactory().textNode(name) + ":" + second + ","
                + event.toString().substring(1);
    }

    private String renamed(ObjectNode event) {
        String name = someName(event);
        JsonNode value = event.remove(name);
        event.set(random.nextBoolean() ? name + "\u200b" : HostileText.string(random), value);
        return event.toString();
    }

    private String swapped(ObjectNode event) {
        ObjectNode where = random.nextBoolean() ? event : data(event);
        String token = random.nextInt(3) == 0 ? HostileText.quoted(random) : draw(HostileText.TOKENS);
        return put(where, event, someName(where), token);
    }

    private String put(ObjectNode event, String name, String token) {
        return put(event, event, name, token);
    }

    /** Puts text that need not be JSON where a value stands. */
    private static String put(ObjectNode where, ObjectNode event, String name, String token) {
        where.put(name, PLACE);
        return event.toString().replace(QUOTED_PLACE, token);
    }

    private String someName(ObjectNode where) {
        List<String> names = new ArrayList<>();
        where.fieldNames().forEachRemaining(names::add);
        return names.isEmpty() ? "x" : names.get(random.nextInt(names.size()));
    }

    private static ObjectNode data(ObjectNode event) {
        return event.path("data").isObject() ? (ObjectNode) event.path("data") : event;
    }

    private static ObjectNode parse(byte[] bytes) {
        try {
            JsonNode node = JSON.readTree(bytes);
            return node != null && node.isObject() ? (ObjectNode) node : JSON.createObjectNode();
        } catch (IOException e) {
            // Damaged before: there is no structure to change.
            return JSON.createObjectNode();
        }
    }

    private String draw(List<String> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
