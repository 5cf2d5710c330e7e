package io.tallymark.simulator.call;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.LinkedHashMap;
import java.util.Map;

/** Decodes the JSON of a v2 call into the same flat names as a form: {@code events[0][payload][value]}. */
final class JsonDecoder {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private JsonDecoder() {}

    static Params decode(String body) {
        Map<String, String> values = new LinkedHashMap<>();
        flatten(values, "", parse(body));
        return new Params(values);
    }

    private static JsonNode parse(String body) {
        try {
            JsonNode tree = JSON.readTree(body);
            if (tree.isObject()) {
                return tree;
            }
        } catch (JsonProcessingException e) {
            throw Refusal.badRequest("", "", "Invalid JSON: " + e.getOriginalMessage());
        }
        throw Refusal.badRequest("", "", "Invalid JSON: the body must be an object.");
    }

    private static void flatten(Map<String, String> values, String name, JsonNode node) {
        if (node.isObject()) {
            node.properties()
                    .forEach(field -> flatten(
                            values,
                            name.isEmpty() ? field.getKey() : name + "[" + field.getKey() + "]",
                            field.getValue()));
        } else if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                flatten(values, name + "[" + i + "]", node.get(i));
            }
        } else {
            values.put(name, node.asText());
        }
    }
}
