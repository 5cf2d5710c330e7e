package io.tallymark.topology;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tallymark.TallymarkJob;
import io.tallymark.config.SettingsLoader;
import io.tallymark.embedded.EmbeddedDatabase;
import io.tallymark.embedded.EmbeddedFlink;
import io.tallymark.embedded.EmbeddedKafka;
import io.tallymark.embedded.ListenPort;
import io.tallymark.embedded.WorkDirectory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The metering pipeline on a real broker, a real database and a real Flink, read from the table. */
class MeteringIT {
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

    private static WorkDirectory work;
    private static EmbeddedKafka kafka;
    private static EmbeddedDatabase database;
    private static EmbeddedFlink flink;

    @BeforeAll
    static void start() throws Exception {
        work = WorkDirectory.create();
        kafka = EmbeddedKafka.start(work.directory("kafka"), ListenPort.free());
        database = EmbeddedDatabase.start(work.directory("postgres"), ListenPort.free());
        flink = EmbeddedFlink.start(
                work.directory("flink"), ListenPort.free(), new EmbeddedFlink.Size(1, 2), new Configuration());
        kafka.createTopic("usage-events", 2, Map.of());
        kafka.createTopic("usage-dead-letters", 1, Map.of());
        StreamExecutionEnvironment env = flink.environment();
        TallymarkJob.build(env, SettingsLoader.load(config()));
        env.executeAsync("metering");
    }

    @AfterAll
    static void stop() {
        flink.close();
        database.close();
        kafka.close();
        work.close();
    }

    @Test
    void countsEachEventOnceAndClosesTheHour() throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            send(producer, 0, NOON.plusSeconds(10), "a", NOON.plusSeconds(5), 7);
            send(producer, 1, NOON.plusSeconds(20), "b", NOON.plusSeconds(15), 5);
            send(producer, 1, NOON.plusSeconds(30), "a", NOON.plusSeconds(5), 7);
            producer.send(new ProducerRecord<>(
                            "usage-events", 0, NOON.plusSeconds(40).toEpochMilli(), null, bytes("junk")))
                    .get();

            await().atMost(60, SECONDS)
                    .untilAsserted(() ->
                            assertThat(rows()).containsExactly("requests cust-1 2 2 open", "tokens cust-1 12 2 open"));

            for (int partition = 0; partition < 2; partition++) {
                send(producer, partition, NOON.plusSeconds(7200), "later-" + partition, NOON.plusSeconds(7200), 1);
            }
            await().atMost(60, SECONDS)
                    .untilAsserted(() ->
                            assertThat(rows()).contains("requests cust-1 2 2 closed", "tokens cust-1 12 2 closed"));
        }
        assertThat(kafka.endOffsets("usage-dead-letters").values()).containsExactly(1L);
    }

    private static Path config() throws Exception {
        String yaml = """
                pipelines: [metering]
                kafka: {bootstrap-servers: "%s", trust-create-time: true}
                postgres: {url: "%s", user: "%s"}
                metering: {early-results: 200ms, close-delay: 1s}
                meters:
                  - {metric: requests, event-type: api.request, aggregation: count}
                  - {metric: tokens, event-type: api.request, aggregation: sum, value: data.tokens}
                """.formatted(
                        kafka.bootstrapServers(),
                        database.access().url(),
                        database.access().user());
        return Files.writeString(work.root().resolve("tallymark.yaml"), yaml);
    }

    private static KafkaProducer<byte[], byte[]> producer() {
        return new KafkaProducer<>(
                Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    private static void send(
            KafkaProducer<byte[], byte[]> producer, int partition, Instant append, String id, Instant time, int tokens)
            throws Exception {
        String json = """
                {"id":"%s","source":"test","type":"api.request","subject":"cust-1","time":"%s","data":{"tokens":%d}}
                """.formatted(id, time, tokens);
        producer.send(new ProducerRecord<>("usage-events", partition, append.toEpochMilli(), null, bytes(json)))
                .get();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static List<String> rows() throws SQLException {
        String query = "SELECT metric, customer_id, quantity, event_count, closed FROM usage_hourly"
                + " ORDER BY metric, customer_id, period_start";
        try (Connection connection = database.access().connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            List<String> rows = new ArrayList<>();
            while (row.next()) {
                rows.add(row.getString(1) + " " + row.getString(2) + " " + row.getBigDecimal(3) + " " + row.getLong(4)
                        + (row.getBoolean(5) ? " closed" : " open"));
            }
            return rows;
        }
    }
}
