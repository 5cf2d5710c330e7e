package io.tallymark.webhook;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** An answer over HTTP. */
record HttpAnswer(int status, ObjectNode body) {
    /** {@code {"status": …}}. */
    static HttpAnswer of(int status, String words) {
        return new HttpAnswer(status, JsonNodeFactory.instance.objectNode().put("status", words));
    }

    /** {@code {"status": …, "reasons": […]}}. */
    static HttpAnswer of(int status, String words, List<String> reasons) {
        HttpAnswer answer = of(status, words);
        reasons.forEach(answer.body().putArray("reasons")::add);
        return answer;
    }
}
