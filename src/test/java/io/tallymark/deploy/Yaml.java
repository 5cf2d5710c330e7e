package io.tallymark.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Files in YAML or JSON, as trees. SnakeYAML reads them, for it resolves anchors and merges as Docker Compose does. */
final class Yaml {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Yaml() {}

    /** Of the checkout. */
    static JsonNode file(String first, String... more) {
        try (InputStream in = Files.newInputStream(Path.of(first, more))) {
            return read(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Of the class path. */
    static JsonNode resource(String name) {
        try (InputStream in = Yaml.class.getClassLoader().getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is not on the class path");
            }
            return read(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One field of every element of a list. */
    static List<String> each(JsonNode list, String pointer) {
        return StreamSupport.stream(list.spliterator(), false)
                .map(element -> element.at(pointer).asText())
                .toList();
    }

    static List<String> names(JsonNode mapping) {
        return mapping.properties().stream().map(Map.Entry::getKey).toList();
    }

    private static JsonNode read(InputStream in) {
        Object document = new org.yaml.snakeyaml.Yaml(new SafeConstructor(new LoaderOptions())).load(in);
        return MAPPER.valueToTree(document);
    }
}
