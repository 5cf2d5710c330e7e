package io.tallymark.simulator.call;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.TreeMap;

/** Stripe's rules for {@code metadata}: at most 50 keys of 40 characters, values of 500; an update merges, and an empty value unsets. */
public final class Metadata {
    private static final int MOST_KEYS = 50;
    private static final int LONGEST_KEY = 40;
    private static final int LONGEST_VALUE = 500;

    private Metadata() {}

    /** What is there after a call. */
    public static Map<String, String> merged(Map<String, String> before, Params params) {
        return merged(before, params, "metadata");
    }

    /** As {@link #merged(Map, Params)}, of a part of the parameters such as {@code items[0][metadata]}. */
    public static Map<String, String> merged(Map<String, String> before, Params params, String name) {
        Map<String, String> merged = new TreeMap<>(before);
        params.hash(name).forEach((key, value) -> {
            check(key, value);
            if (value.isEmpty()) {
                merged.remove(key);
            } else {
                merged.put(key, value);
            }
        });
        if (merged.size() > MOST_KEYS) {
            throw Refusal.badRequest(
                    "",
                    "metadata",
                    "Metadata can only have up to " + MOST_KEYS + " keys, but there are " + merged.size());
        }
        return merged;
    }

    public static void write(ObjectNode json, Map<String, String> metadata) {
        new TreeMap<>(metadata).forEach(json.putObject("metadata")::put);
    }

    private static void check(String key, String value) {
        if (key.length() > LONGEST_KEY || key.isEmpty()) {
            throw Refusal.badRequest(
                    "", "metadata", "Metadata keys can only be up to " + LONGEST_KEY + " characters: " + key);
        }
        if (value.length() > LONGEST_VALUE) {
            throw Refusal.badRequest(
                    "", "metadata", "Metadata values can only be up to " + LONGEST_VALUE + " characters: " + key);
        }
    }
}
