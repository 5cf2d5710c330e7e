package io.tallymark.embedded.traffic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tallymark.usage.RejectReason;
import java.math.BigDecimal;
import java.util.function.Consumer;

/** One thing that is wrong with an {@code api.request}, and the reason for which it must be refused. Everything else about it is right. */
enum Defect {
    NO_ID(RejectReason.MISSING_ATTRIBUTE, event -> event.remove("id")),
    EMPTY_ID(RejectReason.MISSING_ATTRIBUTE, event -> event.put("id", "")),
    NO_SOURCE(RejectReason.MISSING_ATTRIBUTE, event -> event.remove("source")),
    NO_TYPE(RejectReason.MISSING_ATTRIBUTE, event -> event.remove("type")),
    NO_SUBJECT(RejectReason.MISSING_ATTRIBUTE, event -> event.remove("subject")),
    NO_VALUE(RejectReason.MISSING_ATTRIBUTE, event -> data(event).remove("bytes")),
    NULL_VALUE(RejectReason.MISSING_ATTRIBUTE, event -> data(event).putNull("bytes")),
    ID_IS_OBJECT(RejectReason.WRONG_TYPE, event -> event.putObject("id")),
    SUBJECT_IS_LIST(RejectReason.WRONG_TYPE, event -> event.putArray("subject").add("customer-001")),
    DIMENSION_IS_OBJECT(
            RejectReason.WRONG_TYPE, event -> data(event).putObject("region").put("name", "eu")),
    TIME_IS_A_WORD(RejectReason.BAD_TIME, event -> event.put("time", "yesterday")),
    TIME_HAS_NO_ZONE(RejectReason.BAD_TIME, event -> event.put("time", "2026-01-01T10:00:00")),
    TIME_DOES_NOT_EXIST(RejectReason.BAD_TIME, event -> event.put("time", "2026-02-30T10:00:00Z")),
    VALUE_IS_A_WORD(RejectReason.NOT_A_NUMBER, event -> data(event).put("bytes", "abc")),
    VALUE_HAS_A_COMMA(RejectReason.NOT_A_NUMBER, event -> data(event).put("bytes", "12,5")),
    VALUE_IS_NEGATIVE(RejectReason.OUT_OF_RANGE, event -> data(event).put("bytes", -1)),
    VALUE_IS_ASTRONOMIC(RejectReason.OUT_OF_RANGE, event -> data(event).put("bytes", new BigDecimal("1E+999"))),
    DATA_IS_BOTTOMLESS(RejectReason.TOO_DEEP, event -> data(event).set("more", nested(200))),
    SUBJECT_IS_ENDLESS(RejectReason.TOO_LARGE, event -> event.put("subject", "x".repeat(20_000)));

    private final RejectReason reason;

    @SuppressWarnings("ImmutableEnumChecker") // The functions above capture nothing.
    private final Consumer<ObjectNode> damage;

    Defect(RejectReason reason, Consumer<ObjectNode> damage) {
        this.reason = reason;
        this.damage = damage;
    }

    RejectReason reason() {
        return reason;
    }

    void applyTo(ObjectNode envelope) {
        damage.accept(envelope);
    }

    /** Only the structured forms can hold an attribute that is not text. */
    boolean fitsHeaders() {
        return this != ID_IS_OBJECT && this != SUBJECT_IS_LIST;
    }

    private static JsonNode nested(int levels) {
        ArrayNode inner = JsonNodeFactory.instance.arrayNode();
        for (int level = 1; level < levels; level++) {
            inner = JsonNodeFactory.instance.arrayNode().add(inner);
        }
        return inner;
    }

    private static ObjectNode data(ObjectNode envelope) {
        return (ObjectNode) envelope.path("data");
    }
}
