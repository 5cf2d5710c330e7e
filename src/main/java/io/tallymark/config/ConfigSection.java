package io.tallymark.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.tallymark.usage.SecretRef;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * One mapping of the file, read key by key. It remembers which keys were asked for, so that {@link #finish} can name the unknown ones; a
 * wrong value becomes a problem and the fallback is used, so that reading goes on and finds the next one.
 */
public final class ConfigSection {
    /** Keys of Stripe would be names too, so those are left out. */
    private static final Pattern VARIABLE_NAME = Pattern.compile("(?!(sk|rk|whsec)_)[A-Za-z_][A-Za-z0-9_]*");

    private static final Pattern PLAIN_DECIMAL = Pattern.compile("(0|[1-9]\\d{0,17})(\\.\\d{1,30})?");

    private static final Pattern PLAIN_INTEGER = Pattern.compile("0|[1-9]\\d{0,8}");

    private static final Pattern PLAIN_POSITIVE = Pattern.compile("[1-9]\\d{0,14}");

    private final String path;
    private final JsonNode node;
    private final Problems problems;
    private final UnaryOperator<String> expansion;
    private final Set<String> knownKeys = new LinkedHashSet<>();

    /** @param expansion what becomes of each value; throws an IllegalArgumentException with the reason when it cannot */
    ConfigSection(String path, JsonNode node, Problems problems, UnaryOperator<String> expansion) {
        this.path = path;
        this.problems = problems;
        this.expansion = expansion;
        this.node = node.isObject() ? node : JsonNodeFactory.instance.objectNode();
        if (!node.isObject() && !node.isMissingNode() && !node.isNull()) {
            problems.add(path.isEmpty() ? "the file" : path, "must be a mapping of keys to values");
        }
    }

    /** Where whatever is wrong is added. */
    public Problems problems() {
        return problems;
    }

    /** The whole path of a key, for messages. */
    public String key(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    public boolean has(String name) {
        JsonNode value = child(name);
        return !value.isMissingNode() && !value.isNull();
    }

    public String text(String name, String fallback) {
        JsonNode value = child(name);
        if (!has(name)) {
            return fallback;
        }
        if (value.isContainerNode()) {
            problems.add(key(name), "must be a single value");
            return fallback;
        }
        return expanded(name, value.asText());
    }

    public String requiredText(String name) {
        String value = text(name, "");
        if (value.isBlank() && !(has(name) && child(name).isContainerNode())) {
            problems.add(key(name), "is missing");
        }
        return value;
    }

    public boolean flag(String name, boolean fallback) {
        return choice(name, fallback, Map.of("true", true, "false", false));
    }

    public int integer(String name, int fallback, int least, int most) {
        String value = text(name, Integer.toString(fallback));
        if (PLAIN_INTEGER.matcher(value).matches()) {
            int number = Integer.parseInt(value);
            if (number >= least && number <= most) {
                return number;
            }
        }
        problems.add(key(name), value + " is no whole number from " + least + " to " + most);
        return fallback;
    }

    /**
     * A decimal, written plainly.
     *
     * @param mostDecimals places after the point
     */
    public Optional<BigDecimal> decimal(String name, int mostDecimals) {
        if (!has(name)) {
            return Optional.empty();
        }
        String value = text(name, "");
        if (!PLAIN_DECIMAL.matcher(value).matches()) {
            problems.add(key(name), shown(value) + " is no plain number of 0 or more (write 12 or 0.05)");
            return Optional.empty();
        }
        BigDecimal number = new BigDecimal(value);
        if (number.stripTrailingZeros().scale() > mostDecimals) {
            problems.add(key(name), value + " has more than " + mostDecimals + " decimals");
            return Optional.empty();
        }
        return Optional.of(number);
    }

    /** For a message: a value that cannot be seen is named. */
    public static String shown(String value) {
        return value.isBlank() ? "the empty text" : value;
    }

    /**
     * A whole number of 1 or more, written plainly.
     *
     * @return empty when the key is not there, or a problem was added
     */
    public Optional<Long> positive(String name) {
        if (!has(name)) {
            return Optional.empty();
        }
        String value = text(name, "");
        if (!PLAIN_POSITIVE.matcher(value).matches()) {
            problems.add(key(name), shown(value) + " is no whole number of 1 or more");
            return Optional.empty();
        }
        return Optional.of(Long.parseLong(value));
    }

    Duration duration(String name, Duration fallback, Duration least, Duration most) {
        String value = text(name, DurationText.print(fallback));
        Optional<Duration> duration = DurationText.parse(value);
        if (duration.isPresent()
                && duration.get().compareTo(least) >= 0
                && duration.get().compareTo(most) <= 0) {
            return duration.get();
        }
        problems.add(
                key(name),
                value + " is no duration from " + DurationText.print(least) + " to " + DurationText.print(most)
                        + " (write 500ms, 60s, 2m, 36h or 7d)");
        return fallback;
    }

    /** Bytes. */
    int size(String name, int fallback, int least, int most) {
        String value = text(name, SizeText.print(fallback));
        Optional<Long> bytes = SizeText.parse(value);
        if (bytes.isPresent() && bytes.get() >= least && bytes.get() <= most) {
            return Math.toIntExact(bytes.get());
        }
        problems.add(
                key(name),
                value + " is no size from " + SizeText.print(least) + " to " + SizeText.print(most)
                        + " (write 512KiB or 1MiB)");
        return fallback;
    }

    /** Milliseconds since the epoch. */
    long instantMillis(String name, long fallback) {
        if (!has(name)) {
            return fallback;
        }
        String value = text(name, "");
        OptionalLong millis = InstantText.parseMillis(value);
        if (millis.isEmpty()) {
            problems.add(
                    key(name), value + " is no date or RFC 3339 timestamp (write 2026-03-01 or 2026-03-01T00:00:00Z)");
        }
        return millis.orElse(fallback);
    }

    public <T> T choice(String name, T fallback, Map<String, T> choices) {
        if (!has(name)) {
            return fallback;
        }
        String value = text(name, "");
        T chosen = choices.get(value);
        if (chosen == null) {
            problems.add(key(name), value + " is none of " + String.join(", ", sorted(choices.keySet())));
            return fallback;
        }
        return chosen;
    }

    /** A secret is only ever named: {@code <name>-env} a variable, or {@code <name>-file} a file. */
    SecretRef secret(String name, SecretRef fallback) {
        String variable = text(name + "-env", "");
        String file = text(name + "-file", "");
        if (!variable.isEmpty() && !file.isEmpty()) {
            problems.add(key(name) + "-env", "and " + name + "-file are both set: keep one");
        }
        if (!variable.isEmpty() && !VARIABLE_NAME.matcher(variable).matches()) {
            // Without the value: it may be the secret itself.
            problems.add(key(name) + "-env", "is no name of an environment variable; never put the secret itself here");
            return fallback;
        }
        if (!variable.isEmpty()) {
            return SecretRef.environment(key(name), variable);
        }
        return file.isEmpty() ? fallback : SecretRef.file(key(name), Path.of(file));
    }

    public ConfigSection section(String name) {
        return new ConfigSection(key(name), child(name), problems, expansion);
    }

    public List<ConfigSection> sections(String name) {
        List<ConfigSection> sections = new ArrayList<>();
        for (JsonNode element : list(name)) {
            sections.add(new ConfigSection(key(name) + "[" + sections.size() + "]", element, problems, expansion));
        }
        return sections;
    }

    public List<String> texts(String name) {
        List<String> texts = new ArrayList<>();
        for (JsonNode element : list(name)) {
            if (element.isContainerNode()
                    || element.isNull()
                    || element.asText().isBlank()) {
                problems.add(key(name), "must be a list of single values, none empty");
            } else {
                texts.add(expanded(name, element.asText()));
            }
        }
        return texts;
    }

    Map<String, String> textMap(String name) {
        Map<String, String> map = new LinkedHashMap<>();
        ConfigSection section = section(name);
        section.node.fieldNames().forEachRemaining(key -> {
            if (!section.has(key)) {
                problems.add(section.key(key), "is empty; write \"\" for the empty text");
            }
            map.put(key, section.text(key, ""));
        });
        return map;
    }

    /** To be called when every key was asked for: names those that nobody knows. */
    public void finish() {
        node.fieldNames().forEachRemaining(name -> {
            if (!knownKeys.contains(name)) {
                String hint = Suggestion.forWord(name, knownKeys)
                        .map(known -> "; did you mean " + known + "?")
                        .orElse("; known keys: " + String.join(", ", knownKeys));
                problems.add(key(name), "is an unknown key" + hint);
            }
        });
    }

    private JsonNode child(String name) {
        knownKeys.add(name);
        return node.path(name);
    }

    private Iterable<JsonNode> list(String name) {
        JsonNode value = child(name);
        if (has(name) && !value.isArray()) {
            problems.add(key(name), "must be a list");
        }
        return value.isArray() ? value : List.of();
    }

    private String expanded(String name, String value) {
        try {
            return expansion.apply(value);
        } catch (IllegalArgumentException e) {
            problems.add(key(name), String.valueOf(e.getMessage()));
            return value;
        }
    }

    private static List<String> sorted(Set<String> words) {
        return words.stream().sorted().toList();
    }
}
