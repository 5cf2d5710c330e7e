package io.tallymark.ingest;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.JsonNode;
import io.tallymark.usage.Meter;
import io.tallymark.usage.UsageKey;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads a meter's group-by values as one JSON object with sorted names: what is equal in the event is the same text in the table. */
final class DimensionsReader {
    private final String label;
    private final int maxBytes;
    private final List<String> paths;
    /** In the table, as they stand in JSON. */
    private final List<String> quotedNames;

    private final DimensionsCache cache;

    /** @param cache may be shared with other meters of the same thread */
    DimensionsReader(Meter meter, InputBounds bounds, DimensionsCache cache) {
        this.label = "dimensions of " + meter.metric();
        this.maxBytes = bounds.maxDimensionsBytes();
        this.cache = cache;
        TreeMap<String, String> pathByName = new TreeMap<>();
        for (String path : meter.dimensionPaths()) {
            pathByName.put(path.substring(path.lastIndexOf('.') + 1), path);
        }
        this.paths = List.copyOf(pathByName.values());
        this.quotedNames =
                pathByName.keySet().stream().map(DimensionsReader::quoted).toList();
    }

    /** Where it looks in an event, in the order of the names. */
    List<String> paths() {
        return paths;
    }

    /** Hash by which a cache places this meter's dimensions: the same in every run. */
    int labelHash() {
        return label.hashCode();
    }

    String read(CloudEvent event) throws RejectException {
        if (paths.isEmpty()) {
            return UsageKey.NO_DIMENSIONS;
        }
        @Nullable String[] texts = texts(event);
        if (texts == null) {
            return checked(event);
        }
        String known = cache.get(this, texts);
        if (known != null) {
            return known;
        }
        // Only what passed is kept, so what is refused is refused with its reason each time.
        String json = checked(event);
        cache.put(this, texts, json);
        return json;
    }

    /** The values, null where there is none; null altogether when one of them is to be refused because it is no single value. */
    private @Nullable String @Nullable [] texts(CloudEvent event) throws RejectException {
        @Nullable String[] texts = new String[paths.size()];
        for (int i = 0; i < texts.length; i++) {
            JsonNode value = event.at(paths.get(i));
            if (value != null && value.isContainerNode()) {
                return null;
            }
            texts[i] = value == null ? null : value.asText();
        }
        return texts;
    }

    private String checked(CloudEvent event) throws RejectException {
        StringBuilder json = new StringBuilder("{");
        for (int i = 0; i < paths.size(); i++) {
            JsonNode value = event.at(paths.get(i));
            // An absent value leaves its name out, so that it is a group of its own and SQL reads it as NULL.
            if (value != null) {
                String text = KeyText.checked(paths.get(i), MeterReader.text(paths.get(i), value), maxBytes);
                json.append(json.length() == 1 ? "" : ",")
                        .append(quotedNames.get(i))
                        .append(":\"");
                JsonStringEncoder.getInstance().quoteAsString(text, json);
                json.append('"');
            }
        }
        return KeyText.checkedDimensions(label, json.append('}').toString(), maxBytes);
    }

    private static String quoted(String name) {
        return '"' + String.valueOf(JsonStringEncoder.getInstance().quoteAsString(name)) + '"';
    }
}
