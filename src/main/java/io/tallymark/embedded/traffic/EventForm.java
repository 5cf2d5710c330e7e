package io.tallymark.embedded.traffic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** The ways in which a CloudEvent stands in a Kafka record. */
enum EventForm {
    /** Whole event as JSON, said so by the content type. */
    STRUCTURED {
        @Override
        Written write(ObjectNode envelope) {
            Headers headers = new RecordHeaders();
            add(headers, CONTENT_TYPE, "application/cloudevents+json; charset=UTF-8");
            return new Written(bytes(envelope), headers);
        }
    },
    /** Whole event as JSON without a content type. */
    UNTYPED {
        @Override
        Written write(ObjectNode envelope) {
            return new Written(bytes(envelope), new RecordHeaders());
        }
    },
    /** As untyped, and {@code specversion} left out too: what hand-written producers send. */
    PLAIN {
        @Override
        Written write(ObjectNode envelope) {
            return new Written(bytes(envelope.deepCopy().without("specversion")), new RecordHeaders());
        }
    },
    /** Attributes in headers, data in the value. Attributes must be text. */
    BINARY {
        @Override
        Written write(ObjectNode envelope) {
            Headers headers = new RecordHeaders();
            add(headers, CONTENT_TYPE, "application/json");
            for (Map.Entry<String, JsonNode> attribute : envelope.properties()) {
                if (!attribute.getKey().equals(DATA)) {
                    add(
                            headers,
                            "ce_" + attribute.getKey(),
                            attribute.getValue().asText());
                }
            }
            return new Written(bytes(envelope.path(DATA)), headers);
        }
    };

    private static final String CONTENT_TYPE = "content-type";
    private static final String DATA = "data";

    abstract Written write(ObjectNode envelope);

    /** Value and headers of a record. */
    record Written(byte[] value, Headers headers) {}

    private static byte[] bytes(JsonNode json) {
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void add(Headers headers, String name, String value) {
        headers.add(name, value.getBytes(StandardCharsets.UTF_8));
    }
}
