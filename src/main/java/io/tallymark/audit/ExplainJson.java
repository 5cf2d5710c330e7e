package io.tallymark.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tallymark.dedup.IdLedger;
import io.tallymark.usage.UsageEvent;
import java.time.Instant;
import java.util.Locale;

/** An explanation as one JSON object, in ASCII; quantities are texts, since they are exact. */
public final class ExplainJson {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private ExplainJson() {}

    public static String text(Explanation explanation) {
        ExplainQuestion question = explanation.question();
        ObjectNode json = JSON.createObjectNode()
                .put("metric", question.meter().metric())
                .put("customer", question.customerId())
                .put("hour", question.hour().toString());
        ArrayNode rows = json.putArray("rows");
        explanation.tables().rows().forEach(row -> rows.add(row(row)));
        json.set("postings", shown(explanation.tables().postings()));
        json.set("reports", shown(explanation.tables().reports()));
        json.set("due", shown(explanation.tables().due()));
        ArrayNode events = json.putArray("events");
        explanation.events().lines().forEach(line -> events.add(event(question, line)));
        json.put("verdict", word(explanation.verdict()));
        ArrayNode differences = json.putArray("differences");
        explanation.differences().forEach(differences::add);
        explanation.events().missing().ifPresent(missing -> json.put("missing", missing));
        return written(json);
    }

    /** A canonical JSON text as a tree: two texts of one value are equal. */
    static JsonNode tree(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("dimensions are always JSON: " + text, e);
        }
    }

    /** An enum's name as people write it: {@code dead-lettered}. */
    static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static ObjectNode row(UsageRow row) {
        ObjectNode json = JSON.createObjectNode();
        json.set("dimensions", tree(row.dimensions()));
        return json.put("quantity", row.quantity().toPlainString())
                .put("event_count", row.eventCount())
                .put("withdrawn_count", row.withdrawnCount())
                .put("digest", row.digest())
                .put("revision", row.revision())
                .put("closed", row.closed())
                .put("updated_at", row.updatedAt())
                .put("writer_epoch", row.writerEpoch());
    }

    private static ArrayNode shown(ExplainTables.Shown table) {
        ArrayNode json = JSON.createArrayNode();
        table.rows().forEach(row -> {
            ObjectNode object = json.addObject();
            row.forEach(object::put);
        });
        return json;
    }

    private static ObjectNode event(ExplainQuestion question, IdLedger.Line line) {
        UsageEvent event = line.record();
        ObjectNode json = JSON.createObjectNode()
                .put("topic", event.origin().topic())
                .put("partition", event.origin().partition())
                .put("offset", event.origin().offset())
                .put("outcome", word(line.outcome()))
                .put("void", event.isVoid())
                .put("taken_out", line.takenOut())
                .put("in_row", line.stands() && question.concerns(event))
                .put("id", event.id())
                .put("source", event.source())
                .put("customer", event.customerId())
                .put("time", Instant.ofEpochMilli(event.timeMillis()).toString())
                .put(
                        "append_time",
                        Instant.ofEpochMilli(event.appendTimeMillis()).toString());
        question.measurement(event).ifPresent(measurement -> {
            json.put("quantity", measurement.quantity().toPlainString());
            json.set("dimensions", tree(measurement.dimensions()));
        });
        return json;
    }

    private static String written(ObjectNode json) {
        try {
            return JSON.writeValueAsString(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of texts and numbers is always JSON", e);
        }
    }
}
