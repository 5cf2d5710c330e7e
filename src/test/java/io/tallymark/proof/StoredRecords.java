package io.tallymark.proof;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.SequenceWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/** Records of a topic in a file: gzip, a JSON object each, bytes in Base64. */
final class StoredRecords {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private StoredRecords() {}

    static void write(Path file, List<ConsumerRecord<byte[], byte[]>> records) throws IOException {
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file));
                SequenceWriter lines =
                        JSON.writer().withRootValueSeparator("\n").writeValues(out)) {
            for (ConsumerRecord<byte[], byte[]> record : records) {
                lines.write(json(record));
            }
        }
    }

    static List<ConsumerRecord<byte[], byte[]>> read(Path file) throws IOException {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file));
                MappingIterator<JsonNode> lines = JSON.readerFor(JsonNode.class).readValues(in)) {
            while (lines.hasNext()) {
                records.add(record(lines.next()));
            }
        }
        return records;
    }

    private static ObjectNode json(ConsumerRecord<byte[], byte[]> record) {
        ObjectNode json = JSON.createObjectNode()
                .put("partition", record.partition())
                .put("timestamp", record.timestamp())
                .put("key", record.key())
                .put("value", record.value());
        for (Header header : record.headers()) {
            json.withArray("headers").addObject().put("name", header.key()).put("value", header.value());
        }
        return json;
    }

    private static ConsumerRecord<byte[], byte[]> record(JsonNode json) throws IOException {
        Headers headers = new RecordHeaders();
        for (JsonNode header : json.path("headers")) {
            headers.add(header.path("name").asText(), bytes(header));
        }
        return new ConsumerRecord<>(
                "",
                json.path("partition").asInt(),
                0,
                json.path("timestamp").asLong(),
                TimestampType.CREATE_TIME,
                ConsumerRecord.NULL_SIZE,
                ConsumerRecord.NULL_SIZE,
                json.path("key").binaryValue(),
                bytes(json),
                headers,
                Optional.empty());
    }

    private static byte @Nullable [] bytes(JsonNode json) throws IOException {
        return json.path("value").binaryValue();
    }
}
