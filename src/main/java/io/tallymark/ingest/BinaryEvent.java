package io.tallymark.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import org.jspecify.annotations.Nullable;

/** Binary mode: attributes in {@code ce_} headers, the record's value is the data. */
record BinaryEvent(RawRecord record, JsonNode data) implements TreeEvent {
    static final String HEADER_PREFIX = "ce_";

    @Override
    public @Nullable JsonNode written(String name) throws RejectException {
        return record.header(HEADER_PREFIX + name).map(TextNode::valueOf).orElse(null);
    }
}
