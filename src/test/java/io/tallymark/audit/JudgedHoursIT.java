package io.tallymark.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallymark.config.SettingsLoader;
import io.tallymark.embedded.EmbeddedDatabase;
import io.tallymark.embedded.EmbeddedKafka;
import io.tallymark.embedded.ListenPort;
import io.tallymark.embedded.Teardown;
import io.tallymark.embedded.WorkDirectory;
import io.tallymark.ingest.IngestSettings;
import io.tallymark.ingest.TopicOffsets;
import io.tallymark.table.IntakeHistory;
import io.tallymark.topology.ReplayScope;
import io.tallymark.usage.BillingHour;
import io.tallymark.usage.UserError;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A topic that began a moment ago, whole as it seems, and a table that is older than it. */
class JudgedHoursIT {
    private static final Teardown TEARDOWN = Teardown.atExit();
    private static final long THIS_HOUR =
            BillingHour.containing(System.currentTimeMillis()).epochHour();
    private static final ReplayScope SCOPE = new ReplayScope(THIS_HOUR - 48, THIS_HOUR + 24, null, null);

    private static EmbeddedDatabase database;
    private static IngestSettings ingest;

    private final List<String> said = new ArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        WorkDirectory work = TEARDOWN.open(WorkDirectory::create);
        database = TEARDOWN.open(() -> EmbeddedDatabase.start(work.directory("postgres"), ListenPort.free()));
        EmbeddedKafka kafka = TEARDOWN.open(() -> EmbeddedKafka.start(work.directory("kafka"), ListenPort.free()));
        kafka.createTopic("usage-events", 1, Map.of("message.timestamp.type", "LogAppendTime"));
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>("usage-events", new byte[0])).get();
        }
        ingest = SettingsLoader.fromText("tallymark.yaml", """
                kafka: {bootstrap-servers: "%s"}
                postgres: {url: "%s", user: "%s"}
                meters:
                  - {metric: calls, event-type: call, aggregation: count}
                """.formatted(
                                kafka.bootstrapServers(),
                                database.access().url(),
                                database.access().user()))
                .ingest();
    }

    @AfterAll
    static void stop() {
        TEARDOWN.close();
    }

    @BeforeEach
    void empty() throws Exception {
        execute("DELETE FROM usage_hourly");
    }

    @Test
    void allOfThemWhenNothingWasWrittenBeforeTheTopicBegan() throws Exception {
        row(THIS_HOUR - 1, "now()");

        assertThat(judged()).isEqualTo(SCOPE);
        assertThat(said).isEmpty();
    }

    @Test
    void noneThatWasCountedFromAnEarlierTopicOfTheSameName() throws Exception {
        row(THIS_HOUR - 3, "now() - interval '30 minutes'");
        row(THIS_HOUR - 1, "now()");

        assertThat(judged().firstHour()).isEqualTo(THIS_HOUR - 2);
        assertThat(said)
                .anyMatch(line -> line.startsWith("not replayable: the hour of "
                        + new BillingHour(THIS_HOUR - 3)
                        + " was counted before the topic's first record was stored"));
    }

    @Test
    void refusedWhenNoHourIsLeft() throws Exception {
        row(THIS_HOUR + 23, "now() - interval '30 minutes'");

        assertThatThrownBy(this::judged)
                .isInstanceOf(UserError.class)
                .hasMessageStartingWith("not replayable: the hour of ");
    }

    private ReplayScope judged() {
        IntakeHistory history = new IntakeHistory(database.access(), ingest.topic(), !ingest.trustCreateTime());
        try (TopicOffsets topic = TopicOffsets.open(ingest)) {
            return new JudgedHours(ingest, history, said::add).of(SCOPE, topic, topic.begins());
        }
    }

    private static void row(long epochHour, String writtenAt) throws Exception {
        execute(
                "SELECT ensure_usage_months(now() - interval '3 days', now() + interval '3 days')",
                "INSERT INTO usage_hourly VALUES ('calls', 'acme', '{}', '" + new BillingHour(epochHour)
                        + "', 7, 7, decode(repeat('ab', 16), 'hex'), 0, true, " + writtenAt + ", 1)");
    }

    private static void execute(String... statements) throws Exception {
        try (Connection connection = database.access().connect();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }
}
