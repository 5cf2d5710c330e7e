package io.tallymark.embedded.traffic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;

/** Reads a well-formed record back with as little code as possible. */
record WrittenEvent(ProducerRecord<byte[], byte[]> message, JsonNode value) {
    private static final ObjectMapper JSON = new ObjectMapper();

    static WrittenEvent read(ProducerRecord<byte[], byte[]> message) {
        try {
            return new WrittenEvent(message, JSON.readTree(message.value()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    record Bytes(List<String> customerAndHour, long value) {}

    Optional<Bytes> bytes() {
        if (!attribute("type").equals("api.request")) {
            return Optional.empty();
        }
        JsonNode data = binary() ? value : value.path("data");
        return Optional.of(new Bytes(
                List.of(attribute("subject"), hour()),
                new BigDecimal(data.path("bytes").asText()).longValueExact()));
    }

    /** Source and id. */
    String identity() {
        return attribute("source") + " " + attribute("id");
    }

    /** What is billed: customer, time as an instant, data without the difference between a number and its text. */
    String content() {
        JsonNode data = binary() ? value : value.path("data");
        String time = attribute("time");
        return attribute("subject")
                + (time.isEmpty() ? "" : OffsetDateTime.parse(time).toInstant())
                + data.toString().replace("\"", "");
    }

    boolean isVoid() {
        return attribute("void").equals("true");
    }

    private String hour() {
        String time = attribute("time");
        return time.isEmpty()
                ? hourOf(Instant.ofEpochMilli(message.timestamp()))
                : hourOf(OffsetDateTime.parse(time).toInstant());
    }

    private static String hourOf(Instant instant) {
        return instant.truncatedTo(ChronoUnit.HOURS).toString();
    }

    private boolean binary() {
        return message.headers().lastHeader("ce_id") != null;
    }

    private String attribute(String name) {
        Header header = message.headers().lastHeader("ce_" + name);
        return header == null ? value.path(name).asText() : new String(header.value(), StandardCharsets.UTF_8);
    }
}
