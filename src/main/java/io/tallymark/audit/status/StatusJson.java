package io.tallymark.audit.status;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import java.time.Instant;

/** The status as one JSON object: names as in the tables, times in ISO 8601, offsets and records as numbers. */
public final class StatusJson {
    private static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .addModule(new SimpleModule().addSerializer(Instant.class, ToStringSerializer.instance))
            .build();

    private StatusJson() {}

    public static String print(Status status) {
        ObjectNode json = JSON.createObjectNode()
                .put("adds_up", status.addsUp())
                .put("moves", status.moves())
                .put("agrees", status.agrees());
        json.setAll((ObjectNode) JSON.valueToTree(status));
        json.set("total", JSON.valueToTree(status.total()));
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a status is always writable", e);
        }
    }
}
