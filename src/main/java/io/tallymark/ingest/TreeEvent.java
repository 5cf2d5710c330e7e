package io.tallymark.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import io.tallymark.usage.RejectReason;
import org.jspecify.annotations.Nullable;

/** An event whose data is a tree. */
interface TreeEvent extends CloudEvent {
    /** The event's data; a missing node when there is none. */
    JsonNode data();

    @Override
    default @Nullable JsonNode at(String path) throws RejectException {
        if (!path.startsWith(DATA_PREFIX)) {
            return written(path);
        }
        JsonNode node = data();
        for (String segment : path.substring(DATA_PREFIX.length()).split("\\.", -1)) {
            node = node.path(segment);
        }
        return node.isMissingNode() || node.isNull() ? null : node;
    }

    @Override
    default void requireObject() throws RejectException {
        JsonNode data = data();
        if (!data.isMissingNode() && !data.isNull() && !data.isObject()) {
            throw new RejectException(
                    RejectReason.WRONG_TYPE, "data must be a JSON object, not " + RejectException.shown(data));
        }
    }
}
