package io.tallymark.simulator.call;

import java.math.BigDecimal;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The parameters of a call; every accessor refuses a bad value with Stripe's error. An empty value counts as absent, as at Stripe. */
public record Params(Map<String, String> values) {
    public Params {
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /** Refuses whatever is not named; {@code metadata[*]} allows any key. {@code expand} is allowed everywhere and ignored. */
    public void allowOnly(List<String> allowed) {
        for (String name : values.keySet()) {
            boolean known = allowed.contains(name)
                    || allowed.contains(family(name))
                    || family(name).equals("expand[*]");
            if (!known) {
                throw Refusal.badRequest("parameter_unknown", name, "Received unknown parameter: " + name);
            }
        }
    }

    public Optional<String> text(String name) {
        return Optional.ofNullable(values.get(name)).filter(value -> !value.isEmpty());
    }

    public String required(String name) {
        return text(name).orElseThrow(() -> Refusal.missing(name));
    }

    public String required(String name, int mostCharacters) {
        return bounded(name, required(name), mostCharacters);
    }

    public Optional<String> text(String name, int mostCharacters) {
        return text(name).map(value -> bounded(name, value, mostCharacters));
    }

    /** Whether it was passed without a value, which unsets what was there. */
    public boolean isUnset(String name) {
        return values.getOrDefault(name, "-").isEmpty();
    }

    /** Whether it or a part of it was passed. */
    public boolean mentions(String name) {
        return values.keySet().stream().anyMatch(key -> key.equals(name) || key.startsWith(name + "["));
    }

    public Optional<Boolean> flag(String name) {
        return text(name).map(value -> switch (value) {
            case "true" -> true;
            case "false" -> false;
            default -> throw Refusal.badRequest("", name, "Invalid boolean: " + value);
        });
    }

    /** A decimal of at most 12 places, not negative. */
    public Optional<BigDecimal> decimal(String name) {
        return text(name).map(value -> {
            if (!value.matches("\\d{1,20}(\\.\\d{1,12})?")) {
                throw Refusal.badRequest(
                        "",
                        name,
                        "Invalid decimal: " + value
                                + "; must be a non-negative decimal with at most 12 decimal places");
            }
            return new BigDecimal(value);
        });
    }

    public Optional<Long> integer(String name) {
        return text(name).map(value -> parse(name, value));
    }

    public long requiredInteger(String name) {
        return parse(name, required(name));
    }

    public String oneOf(String name, List<String> choices, String fallback) {
        String value = text(name).orElse(fallback);
        if (value.equals(fallback) || choices.contains(value)) {
            return value;
        }
        throw Refusal.badRequest("", name, "Invalid " + name + ": must be one of " + String.join(", ", choices));
    }

    /** The entries of a hash: {@code payload[a]=1} as {@code a → 1}, in order of key. */
    public Map<String, String> hash(String name) {
        Map<String, String> entries = new TreeMap<>();
        values.forEach((key, value) -> {
            if (key.startsWith(name + "[") && key.endsWith("]")) {
                entries.put(key.substring(name.length() + 1, key.length() - 1), value);
            }
        });
        return entries;
    }

    /** The elements of a list of hashes in order: {@code items[0][price]=p} as {@code items[0]}. */
    public List<String> elements(String list) {
        return values.keySet().stream()
                .filter(key -> key.startsWith(list + "["))
                .map(key -> key.substring(list.length() + 1))
                .filter(rest -> rest.matches("\\d{1,4}\\].*"))
                .map(rest -> Integer.valueOf(rest.substring(0, rest.indexOf(']'))))
                .distinct()
                .sorted()
                .map(index -> list + "[" + index + "]")
                .toList();
    }

    /** As {@link #allowOnly}, for what is passed of an element or a hash: {@code price} allows {@code items[0][price]}. */
    public void allowOnlyWithin(String element, List<String> allowed) {
        for (String name : values.keySet()) {
            if (name.startsWith(element + "[")) {
                String part = name.substring(element.length() + 1).replaceFirst("\\].*$", "");
                if (!allowed.contains(part)) {
                    throw Refusal.badRequest("parameter_unknown", name, "Received unknown parameter: " + name);
                }
            }
        }
    }

    private static String family(String name) {
        int bracket = name.indexOf('[');
        return (bracket < 0 ? name : name.substring(0, bracket)) + "[*]";
    }

    private static String bounded(String name, String value, int mostCharacters) {
        if (value.length() <= mostCharacters) {
            return value;
        }
        throw Refusal.badRequest(
                "",
                name,
                "Invalid string: " + value.substring(0, 10) + "...; must be at most " + mostCharacters + " characters");
    }

    private static long parse(String name, String value) {
        if (value.matches("-?\\d{1,15}")) {
            return Long.parseLong(value);
        }
        throw Refusal.badRequest("parameter_invalid_integer", name, "Invalid integer: " + value);
    }
}
