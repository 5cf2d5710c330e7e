package io.tallymark.embedded.traffic;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.tallymark.usage.UserError;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Usage events of a file, one JSON object a line, as records: the value is the line as it stands, the key its subject, and the Kafka
 * timestamp its time. A topic with LogAppendTime stamps them itself. A line without a time would get that of its sending, another one each
 * time, so that it cannot be sent twice: it is refused, unless that is meant.
 */
public final class EventFile implements Iterator<ProducerRecord<byte[], byte[]>>, AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String BAD_TIME = "has no RFC 3339 timestamp since 1970 as its time";
    private static final String AGAIN =
            "mend it and send the whole file again: what was sent before is not counted twice";
    private static final String REST =
            "mend it and send the file from this line on: lines without a time must not be sent twice";
    private static final String NO_TIME =
            "give each event its time, which a retry repeats; or add --time-now, and send the" + " file once only";

    private final BufferedReader lines;
    private final String name;
    private final String topic;
    private final boolean timeNow;
    private @Nullable String next;
    private long number;

    EventFile(InputStream bytes, String name, String topic, boolean timeNow) {
        // This decoder refuses bytes that are not UTF-8, rather than send others than there are.
        this.lines = new BufferedReader(new InputStreamReader(bytes, StandardCharsets.UTF_8.newDecoder()));
        this.name = name;
        this.topic = topic;
        this.timeNow = timeNow;
    }

    /**
     * Opens a file.
     *
     * @param file {@code -}: standard input
     * @param timeNow whether a line without a time is of the moment at which it is sent
     * @throws UserError when it cannot be read
     */
    public static EventFile open(Path file, String topic, boolean timeNow) {
        if (file.equals(Path.of("-"))) {
            return new EventFile(System.in, "standard input", topic, timeNow);
        }
        try {
            return new EventFile(Files.newInputStream(file), file.toString(), topic, timeNow);
        } catch (IOException e) {
            throw new UserError("cannot read " + file, "name a file of events, one JSON object a line", e);
        }
    }

    @Override
    public boolean hasNext() {
        while (next == null || next.isBlank()) {
            next = readLine();
            if (next == null) {
                return false;
            }
        }
        return true;
    }

    /** @throws UserError when the line is no event that can be sent */
    @Override
    public ProducerRecord<byte[], byte[]> next() {
        if (!hasNext() || next == null) {
            throw new NoSuchElementException();
        }
        String line = next;
        next = null;
        JsonNode event = parse(line);
        JsonNode subject = event.path("subject");
        byte[] key = subject.isTextual() ? subject.textValue().getBytes(StandardCharsets.UTF_8) : null;
        return new ProducerRecord<>(topic, null, millis(event), key, line.getBytes(StandardCharsets.UTF_8));
    }

    private @Nullable String readLine() {
        number++;
        try {
            return lines.readLine();
        } catch (IOException e) {
            throw new UserError(problem("cannot be read as UTF-8"), remedy(), e);
        }
    }

    private JsonNode parse(String line) {
        try {
            JsonNode event = JSON.readTree(line);
            if (event.isObject()) {
                return event;
            }
        } catch (JsonProcessingException e) {
            throw new UserError(problem("is no JSON object"), remedy(), e);
        }
        throw new UserError(problem("is no JSON object"), remedy());
    }

    private @Nullable Long millis(JsonNode event) {
        JsonNode time = event.path("time");
        if (time.isMissingNode()) {
            if (timeNow) {
                return null;
            }
            throw new UserError(problem("has no time"), NO_TIME);
        }
        try {
            long millis = OffsetDateTime.parse(time.asText()).toInstant().toEpochMilli();
            if (millis >= 0) {
                return millis;
            }
        } catch (DateTimeParseException | ArithmeticException e) {
            throw new UserError(problem(BAD_TIME), remedy(), e);
        }
        throw new UserError(problem(BAD_TIME), remedy());
    }

    private String remedy() {
        return timeNow ? REST : AGAIN;
    }

    private String problem(String what) {
        return "line " + number + " of " + name + " " + what;
    }

    @Override
    public void close() {
        try {
            lines.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot close " + name, e);
        }
    }
}
