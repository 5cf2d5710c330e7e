package io.tallymark.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/** Binary mode: attributes in {@code ce_} headers, the record's value is the data. */
record BinaryEvent(RawRecord record, JsonNode data) implements CloudEvent {
    static final String HEADER_PREFIX = "ce_";

    @Override
    public Optional<String> attribute(String name) throws RejectException {
        return record.header(HEADER_PREFIX + name);
    }
}
