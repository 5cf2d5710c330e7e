package io.tallymark.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A structured event of which only the values at known paths were read.
 *
 * @param slotByPath where the value of each path is
 * @param found null where there is none; its data is an object, if it has some
 */
record ScannedEvent(
        Map<String, Integer> slotByPath, @Nullable JsonNode[] found) implements CloudEvent {
    @Override
    public @Nullable JsonNode written(String name) {
        return at(name);
    }

    @Override
    public @Nullable JsonNode at(String path) {
        Integer slot = slotByPath.get(path);
        if (slot == null) {
            throw new IllegalStateException("nobody said that " + path + " would be asked for");
        }
        return found[slot];
    }

    /** Half a surrogate pair or NUL can only be written as an escape, and then the record would have been read as a tree. */
    @Override
    public String key(String name, int maxChars) throws RejectException {
        return KeyText.checkedLength(name, required(name), maxChars);
    }

    @Override
    public void requireObject() {
        // Else the record would have been read as a tree.
    }
}
