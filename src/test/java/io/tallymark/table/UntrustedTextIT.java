package io.tallymark.table;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tallymark.embedded.EmbeddedDatabase;
import io.tallymark.embedded.ListenPort;
import io.tallymark.embedded.WorkDirectory;
import io.tallymark.ingest.IngestSettings;
import io.tallymark.ingest.Ingested;
import io.tallymark.ingest.KafkaRecordDecoder;
import io.tallymark.usage.Aggregation;
import io.tallymark.usage.BillingHour;
import io.tallymark.usage.HourlyTotal;
import io.tallymark.usage.Measurement;
import io.tallymark.usage.Meter;
import io.tallymark.usage.UsageEvent;
import io.tallymark.usage.UsageKey;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.util.SimpleUserCodeClassLoader;
import org.apache.flink.util.UserCodeClassLoader;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Text that anybody chose, from a record's bytes through the decoder and the upsert, read back from the table. */
class UntrustedTextIT {
    private static final Instant APPENDED = Instant.parse("2026-03-01T12:00:00Z");
    private static final String TYPE = "'; DROP TABLE usage_hourly; -- \u202E<b>";
    private static final int RANDOM_TEXTS = 300;

    private static WorkDirectory work;
    private static EmbeddedDatabase database;
    private static FencedConnection writer;

    @BeforeAll
    static void start() {
        work = WorkDirectory.create();
        database = EmbeddedDatabase.start(work.directory("postgres"), ListenPort.free());
        writer = new FencedConnection(database.access());
    }

    @AfterAll
    static void stop() {
        writer.close();
        database.close();
        work.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "acme",
                "'; DROP TABLE usage_hourly; --",
                "\"; DELETE FROM usage_hourly; --",
                "<script>alert(1)</script>",
                "quote \" and ' and \\ and ? and $1 and :name and {} and %s",
                "line\nbreak\r\n\ttab\u0001\u001F\u007F\u0085\u2028",
                "新規顧客 👩‍👩‍👧 \uD83D\uDE00",
                "e\u0301 is not \u00e9",
                "\u202Eright to left\u202C \u2066isolated\u2069 \u200B\u200D",
                "Z\u0351\u036B\u0343a\u0321l\u034Ago",
                " ",
                " both ends ",
                "\uFFFD\uFFFF\uFEFF",
                "\\u0000",
                "NULL",
                "1e2",
                "ſıİßẞ"
            })
    void arrivesByteForByte(String text) throws SQLException {
        requireArrive(List.of(text));
    }

    @Test
    void anyTextAtAllArrivesByteForByte() throws SQLException {
        long seed = Long.getLong("tallymark.seed", System.nanoTime());
        System.out.println("UntrustedTextIT seed " + seed);
        Random random = new Random(seed);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < RANDOM_TEXTS; i++) {
            texts.add(i + anyText(random));
        }
        requireArrive(texts);
    }

    @Test
    void textsThatLookAlikeStayApart() throws SQLException {
        for (String customer : List.of("alike \u00e9", "alike e\u0301", "ALIKE \u00e9", "alike \u00e9 ")) {
            write(decoded(structured(customer)));
        }

        assertThat(Queries.rows(
                        database.access(), "SELECT count(*) FROM usage_hourly WHERE customer_id ILIKE 'alike%'"))
                .containsExactly("4");
    }

    private static void requireArrive(List<String> texts) throws SQLException {
        Queries.execute(database.access(), "DELETE FROM usage_hourly");
        for (String text : texts) {
            write(decoded(structured(text)));
        }
        assertThat(stored()).containsExactlyInAnyOrderElementsOf(expected(texts));
        Queries.execute(database.access(), "DELETE FROM usage_hourly");
        for (String text : texts) {
            write(decoded(binary(text)));
        }
        assertThat(stored()).containsExactlyInAnyOrderElementsOf(expected(texts));
    }

    private static List<List<String>> expected(List<String> texts) {
        return texts.stream().map(text -> List.of(text, text, text, TYPE)).toList();
    }

    /** Attributes and data in one JSON object. */
    private static ConsumerRecord<byte[], byte[]> structured(String text) {
        ObjectNode event = JsonNodeFactory.instance
                .objectNode()
                .put("id", text)
                .put("source", text)
                .put("type", TYPE)
                .put("subject", text);
        event.putObject("data").put("model", text);
        return record(event, new RecordHeaders());
    }

    private static ConsumerRecord<byte[], byte[]> binary(String text) {
        Headers headers = new RecordHeaders();
        Map.of("ce_id", text, "ce_source", text, "ce_type", TYPE, "ce_subject", text)
                .forEach((name, value) -> headers.add(name, value.getBytes(StandardCharsets.UTF_8)));
        return record(JsonNodeFactory.instance.objectNode().put("model", text), headers);
    }

    private static ConsumerRecord<byte[], byte[]> record(ObjectNode value, Headers headers) {
        return new ConsumerRecord<>(
                "usage-events",
                0,
                0,
                APPENDED.toEpochMilli(),
                TimestampType.LOG_APPEND_TIME,
                0,
                0,
                new byte[0],
                value.toString().getBytes(StandardCharsets.UTF_8),
                headers,
                Optional.empty());
    }

    private static UsageEvent decoded(ConsumerRecord<byte[], byte[]> record) {
        Meter meter = new Meter(
                "requests",
                TYPE,
                Aggregation.COUNT,
                "",
                List.of("data.model", "source", "type"),
                Map.of(),
                false,
                Meter.ALWAYS,
                null);
        KafkaRecordDecoder decoder = new KafkaRecordDecoder(new IngestSettings(
                "",
                "usage-events",
                "tallymark",
                false,
                Map.of(),
                IngestSettings.DEFAULT_MAX_RECORD_BYTES,
                true,
                IngestSettings.DEFAULT_MAX_LATENESS,
                IngestSettings.DEFAULT_CLOSE_DELAY,
                IngestSettings.DEFAULT_QUIET_PARTITION,
                List.of(meter)));
        decoder.open(new NoContext());
        List<Ingested> out = new ArrayList<>();
        decoder.deserialize(record, new ListCollector<>(out));
        return out.get(0)
                .event()
                .orElseThrow(() -> new AssertionError(out.get(0).toString()));
    }

    private static void write(UsageEvent event) throws SQLException {
        Measurement measurement = event.measurements().get(0);
        HourlyTotal total = new HourlyTotal(
                new UsageKey(measurement.metric(), event.customerId(), measurement.dimensions()),
                BillingHour.containing(Instant.ofEpochMilli(event.timeMillis())).epochHour(),
                measurement.quantity(),
                1,
                2,
                3,
                0,
                1,
                true);
        UsageTable.write(writer.live(), List.of(total));
    }

    /** Customer and dimensions of each row as the bytes that the database holds, and from there back to text. */
    private static List<List<String>> stored() throws SQLException {
        try (Connection connection = database.access().connect();
                PreparedStatement query = connection.prepareStatement("""
                        SELECT convert_to(customer_id, 'UTF8'), convert_to(dimensions ->> 'model', 'UTF8'),
                            convert_to(dimensions ->> 'source', 'UTF8'), convert_to(dimensions ->> 'type', 'UTF8')
                        FROM usage_hourly
                        """);
                ResultSet row = query.executeQuery()) {
            List<List<String>> rows = new ArrayList<>();
            while (row.next()) {
                List<String> columns = new ArrayList<>();
                for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                    columns.add(new String(row.getBytes(i), StandardCharsets.UTF_8));
                }
                rows.add(columns);
            }
            return rows;
        }
    }

    /** Up to 40 characters, none of them NUL or half of a pair. */
    private static String anyText(Random random) {
        StringBuilder text = new StringBuilder();
        for (int length = 1 + random.nextInt(40); length > 0; length--) {
            int c = switch (random.nextInt(6)) {
                case 0 -> 1 + random.nextInt(0x1F);
                case 1 -> 0x20 + random.nextInt(0x60);
                case 2 -> 0x300 + random.nextInt(0x70);
                case 3 -> 0x2000 + random.nextInt(0x70);
                case 4 -> 0x10000 + random.nextInt(0x100000);
                default -> 0xE000 + random.nextInt(0x2000);
            };
            text.appendCodePoint(c);
        }
        return text.toString();
    }

    private static final class NoContext implements DeserializationSchema.InitializationContext {
        @Override
        public MetricGroup getMetricGroup() {
            return new UnregisteredMetricsGroup();
        }

        @Override
        public UserCodeClassLoader getUserCodeClassLoader() {
            return SimpleUserCodeClassLoader.create(UntrustedTextIT.class.getClassLoader());
        }
    }
}
