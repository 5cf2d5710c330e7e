package io.tallymark.config;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import io.tallymark.usage.UserError;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Reads a YAML file and reports everything that is wrong with it at once. Every number is taken as it is written: YAML itself would make
 * 8 of {@code 010}, and that might be a price. Aliases are refused, since they would be taken as written too.
 */
public final class YamlFile {
    private static final YAMLFactory YAML = YAMLMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build()
            .getFactory();

    private YamlFile() {}

    /** @throws UserError when it is missing, or no text */
    public static String read(Path file, String option) {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new UserError("there is no file " + file, "name it with " + option + " FILE", e);
        } catch (CharacterCodingException e) {
            throw new UserError(file + " is no UTF-8 text", "save it as UTF-8", e);
        } catch (IOException e) {
            throw new UserError("cannot read " + file + ": " + e.getMessage(), "name a readable text file", e);
        }
    }

    /**
     * Makes something of a text.
     *
     * @param name what messages call it
     * @param manual what lists every key
     * @param expansion what becomes of each value
     * @param reader reads the root; whatever it finds wrong it adds to the section's problems
     * @throws UserError naming every problem, each with its key and value
     */
    public static <T> T parse(
            String name,
            String yaml,
            String manual,
            UnaryOperator<String> expansion,
            Function<ConfigSection, T> reader) {
        Problems problems = new Problems();
        T result = reader.apply(new ConfigSection("", tree(name, yaml), problems, expansion));
        if (!problems.isEmpty()) {
            throw problems.asUserError(name, manual);
        }
        return result;
    }

    private static JsonNode tree(String name, String yaml) {
        try (JsonParser parser = YAML.createParser(yaml)) {
            JsonNode root = parser.nextToken() == null ? MissingNode.getInstance() : node(parser);
            if (parser.nextToken() != null) {
                throw new UserError(name + " has a second document after ---", "keep one in the file");
            }
            return root;
        } catch (JsonProcessingException e) {
            String where =
                    e.getLocation() == null ? "" : " (line " + e.getLocation().getLineNr() + ")";
            String what = e.getOriginalMessage().lines().findFirst().orElse("unreadable");
            throw new UserError(name + " is no YAML" + where + ": " + what, "mend the file", e);
        } catch (IOException e) {
            throw new UserError(name + " cannot be read: " + e.getMessage(), "mend the file", e);
        }
    }

    private static JsonNode node(JsonParser parser) throws IOException {
        if (((YAMLParser) parser).isCurrentAlias()) {
            throw new JsonParseException(
                    parser, "*" + parser.getText() + " is an alias, which is not read: write the value");
        }
        return switch (parser.currentToken()) {
            case START_OBJECT -> mapping(parser);
            case START_ARRAY -> list(parser);
            case VALUE_NULL -> JsonNodeFactory.instance.nullNode();
            // A condition on false is one, however YAML lets it be written: events write false.
            case VALUE_TRUE -> TextNode.valueOf("true");
            case VALUE_FALSE -> TextNode.valueOf("false");
            default -> TextNode.valueOf(parser.getText());
        };
    }

    private static ObjectNode mapping(JsonParser parser) throws IOException {
        ObjectNode mapping = JsonNodeFactory.instance.objectNode();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String key = parser.currentName();
            parser.nextToken();
            mapping.set(key, node(parser));
        }
        return mapping;
    }

    private static ArrayNode list(JsonParser parser) throws IOException {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            list.add(node(parser));
        }
        return list;
    }
}
