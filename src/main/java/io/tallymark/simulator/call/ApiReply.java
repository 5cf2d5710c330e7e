package io.tallymark.simulator.call;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.Map;

/**
 * An answer.
 *
 * @param status HTTP status; 0 when there is none
 * @param headers beyond those on every reply
 * @param body the text of it, JSON unless the headers say otherwise
 * @param kept whether a repeat with the same Idempotency-Key gets it again
 */
public record ApiReply(int status, Map<String, String> headers, String body, boolean kept) {
    /** No answer at all. */
    static final ApiReply NONE = text(0, "");

    private static final ObjectWriter JSON = JsonMapper.builder()
            .enable(JsonGenerator.Feature.WRITE_BIGDECIMAL_AS_PLAIN)
            .build()
            .writer();

    public static ApiReply ok(ObjectNode body) {
        return of(200, Map.of(), body, true);
    }

    static ApiReply of(int status, Map<String, String> headers, ObjectNode body, boolean kept) {
        try {
            return new ApiReply(status, headers, JSON.writeValueAsString(body), kept);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of JSON can be written", e);
        }
    }

    ApiReply with(String header, String value) {
        Map<String, String> more = new HashMap<>(headers);
        more.put(header, value);
        return new ApiReply(status, more, body, kept);
    }

    public static ApiReply text(int status, String body) {
        return new ApiReply(status, Map.of(), body, false);
    }
}
