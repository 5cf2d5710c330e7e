package io.tallymark.catalog;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What is to be set on an object that stays.
 *
 * @param fields those that change; an empty text unsets one
 * @param marks metadata that is missing
 * @param details one fact a line
 */
record InPlace(Map<String, String> fields, Map<String, String> marks, List<String> details) {
    /**
     * Compares; empty when there is nothing to set.
     *
     * @param active whether the object is not archived
     */
    static Optional<InPlace> of(
            Map<String, String> before,
            Map<String, String> after,
            boolean active,
            Map<String, String> marks,
            Map<String, String> metadata) {
        Map<String, String> fields = missing(after, before);
        Map<String, String> missingMarks = missing(marks, metadata);
        List<String> details = new ArrayList<>();
        fields.forEach((name, value) -> details.add(change(name, before.getOrDefault(name, ""), value)));
        if (!active) {
            fields.put("active", "true");
            details.add("archived → active");
        }
        if (missingMarks.containsKey(Marks.PLANS)) {
            details.add(change(
                    "plans", metadata.getOrDefault(Marks.PLANS, ""), missingMarks.getOrDefault(Marks.PLANS, "")));
        }
        if (details.isEmpty() && !missingMarks.isEmpty()) {
            details.add("metadata: " + String.join(", ", new TreeMap<>(missingMarks).keySet()));
        }
        return details.isEmpty() ? Optional.empty() : Optional.of(new InPlace(fields, missingMarks, details));
    }

    /** What of {@code wanted} is not, or not so, in {@code there}, in its order. An empty text is the same as none. */
    static Map<String, String> missing(Map<String, String> wanted, Map<String, String> there) {
        Map<String, String> missing = new LinkedHashMap<>(wanted);
        missing.entrySet()
                .removeIf(entry -> there.getOrDefault(entry.getKey(), "").equals(entry.getValue()));
        return missing;
    }

    static String change(String name, String before, String after) {
        return name + ": " + shown(before) + " → " + shown(after);
    }

    private static String shown(String text) {
        return text.isEmpty() ? "(none)" : text;
    }
}
