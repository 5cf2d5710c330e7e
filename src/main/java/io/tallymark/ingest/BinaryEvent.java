package io.tallymark.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Optional;

/** Binary mode: attributes in {@code ce_} headers, the record's value is the data. */
record BinaryEvent(RawRecord record, JsonNode data) implements TreeEvent {
    static final String HEADER_PREFIX = "ce_";

    @Override
    public Optional<JsonNode> written(String name) throws RejectException {
        return record.header(HEADER_PREFIX + name).map(TextNode::valueOf);
    }
}
