package io.tallymark.catalog;

import java.util.Map;
import java.util.TreeMap;

/** Small comparisons that the planners share. */
final class Words {
    private Words() {}

    static String change(String name, String before, String after) {
        return name + ": " + quoted(before) + " → " + quoted(after);
    }

    /** What of {@code wanted} is not, or not so, in {@code there}. An empty text is the same as none. */
    static Map<String, String> missing(Map<String, String> wanted, Map<String, String> there) {
        Map<String, String> missing = new TreeMap<>(wanted);
        missing.entrySet()
                .removeIf(entry -> there.getOrDefault(entry.getKey(), "").equals(entry.getValue()));
        return missing;
    }

    private static String quoted(String text) {
        return text.isEmpty() ? "(none)" : text;
    }
}
