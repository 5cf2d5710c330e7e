package io.tallymark.webhook;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads events: snapshots, and the thin ones of API v2, which only name their object. */
final class EventJson {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private static final String SNAPSHOT = "event";
    private static final String THIN = "v2.core.event";
    private static final Pattern ID = Pattern.compile("evt_\\w{1,200}");
    /** What is printed and kept holds no blanks and no control characters. */
    private static final Pattern WORD = Pattern.compile("[\\x21-\\x7e]{0,200}");

    /** What Postgres and people can still read. */
    private static final Instant LATEST = Instant.parse("9999-12-31T00:00:00Z");

    private EventJson() {}

    /** Empty when it is no event, or lacks what every event has. */
    static Optional<WebhookEvent> read(byte[] body) {
        try {
            return Optional.ofNullable(JSON.readTree(body)).flatMap(EventJson::event);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Optional<WebhookEvent> event(JsonNode json) {
        return switch (json.path("object").asText()) {
            case SNAPSHOT -> snapshot(json);
            case THIN -> thin(json);
            default -> Optional.empty();
        };
    }

    private static Optional<WebhookEvent> snapshot(JsonNode json) {
        JsonNode object = json.path("data").path("object");
        JsonNode created = json.path("created");
        return object.isObject() && created.canConvertToLong()
                ? event(json, instant(created.asLong()), object.path("object"), object.path("id"))
                : Optional.empty();
    }

    private static Optional<WebhookEvent> thin(JsonNode json) {
        JsonNode object = json.path("related_object");
        return event(json, instant(json.path("created").asText()), object.path("type"), object.path("id"));
    }

    private static Optional<WebhookEvent> event(
            JsonNode json, Optional<Instant> created, JsonNode objectType, JsonNode objectId) {
        String id = json.path("id").asText();
        String type = json.path("type").asText();
        boolean whole = ID.matcher(id).matches()
                && !type.isEmpty()
                && WORD.matcher(type).matches()
                && WORD.matcher(objectType.asText()).matches()
                && WORD.matcher(objectId.asText()).matches()
                && json.path("livemode").isBoolean();
        return created.filter(at -> whole)
                .map(at -> new WebhookEvent(
                        id,
                        type,
                        at,
                        objectType.asText(),
                        objectId.asText(),
                        json.path("livemode").asBoolean()));
    }

    private static Optional<Instant> instant(long seconds) {
        return Optional.of(seconds)
                .filter(second -> second >= 0 && second <= LATEST.getEpochSecond())
                .map(Instant::ofEpochSecond);
    }

    private static Optional<Instant> instant(String text) {
        try {
            return Optional.of(Instant.parse(text)).filter(at -> !at.isBefore(Instant.EPOCH) && !at.isAfter(LATEST));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
