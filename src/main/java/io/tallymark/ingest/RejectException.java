package io.tallymark.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import io.tallymark.usage.RejectReason;

/** Leaves the decoder at the first thing wrong with a record; it never leaves the stage. */
final class RejectException extends Exception {
    private static final long serialVersionUID = 1L;
    private static final int MAX_SHOWN_CHARS = 80;

    private final RejectReason reason;

    RejectException(RejectReason reason, String detail) {
        // No stack trace: bad input is ordinary here, and filling one in costs more than decoding the record.
        super(detail, null, false, false);
        this.reason = reason;
    }

    RejectReason reason() {
        return reason;
    }

    String detail() {
        return String.valueOf(getMessage());
    }

    /** An offending value for a message; a large one is only named, for writing it out would cost as much as reading it. */
    static String shown(JsonNode value) {
        if (value.isContainerNode()) {
            return value.isObject() ? "an object" : "a list";
        }
        return value.isTextual() ? '"' + shown(value.textValue()) + '"' : shown(value.asText());
    }

    /** An offending value for a message: shortened, so that a huge one stays readable. */
    static String shown(String value) {
        return value.length() <= MAX_SHOWN_CHARS ? value : value.substring(0, MAX_SHOWN_CHARS) + "…";
    }
}
