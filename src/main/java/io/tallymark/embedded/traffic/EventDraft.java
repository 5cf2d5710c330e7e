package io.tallymark.embedded.traffic;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** An event before it is written in one of the forms; the envelope is the structured form. */
record EventDraft(ObjectNode envelope, String customerId, Expectation expectation) {
    EventDraft expecting(Expectation other) {
        return new EventDraft(envelope, customerId, other);
    }

    /** The same event as a void of itself. */
    EventDraft asVoid() {
        return new EventDraft(envelope.deepCopy().put("void", true), customerId, expectation);
    }
}
