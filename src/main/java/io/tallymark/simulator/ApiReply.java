package io.tallymark.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/** An answer: status, the headers beyond those on every reply, and a JSON body. */
record ApiReply(int status, Map<String, String> headers, ObjectNode body) {
    static ApiReply ok(ObjectNode body) {
        return new ApiReply(200, Map.of(), body);
    }
}
