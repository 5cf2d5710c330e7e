package io.tallymark.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.TallymarkJob;
import io.tallymark.config.SettingsLoader;
import io.tallymark.embedded.EmbeddedDatabase;
import io.tallymark.embedded.EmbeddedFlink;
import io.tallymark.embedded.EmbeddedKafka;
import io.tallymark.embedded.ListenPort;
import io.tallymark.embedded.Teardown;
import io.tallymark.embedded.WorkDirectory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;

/** A broker, a database and a Flink for tests that start the metering job several times, and read the table. */
final class MeteringBench implements AutoCloseable {
    private static final long ANSWER_SECONDS = 90;
    private static final int PARALLELISM = 2;

    private final Teardown teardown = Teardown.atExit();
    private final WorkDirectory work;
    private final EmbeddedKafka kafka;
    private final EmbeddedDatabase database;
    private final EmbeddedFlink flink;
    private final Admin admin;
    private final KafkaProducer<byte[], byte[]> producer;
    private final List<JobClient> jobs = new ArrayList<>();

    MeteringBench() throws Exception {
        work = teardown.open(WorkDirectory::create);
        kafka = teardown.open(() -> EmbeddedKafka.start(work.directory("kafka"), ListenPort.free()));
        database = teardown.open(() -> EmbeddedDatabase.start(work.directory("postgres"), ListenPort.free()));
        Configuration overrides = new Configuration();
        overrides.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofSeconds(1));
        Path flinkDirectory = work.directory("flink");
        flink = teardown.open(() -> EmbeddedFlink.start(
                flinkDirectory, ListenPort.free(), new EmbeddedFlink.Size(1, PARALLELISM), overrides));
        Map<String, Object> servers = Map.of("bootstrap.servers", kafka.bootstrapServers());
        admin = teardown.open(() -> Admin.create(servers));
        producer =
                teardown.open(() -> new KafkaProducer<>(servers, new ByteArraySerializer(), new ByteArraySerializer()));
        createTopic("letters", 1, "CreateTime");
    }

    /**
     * What differs from job to job.
     *
     * @param realClock whether the topic's timestamps are the broker's
     * @param metering entries of the section metering
     */
    record Job(String topic, boolean realClock, String metering) {}

    static ConditionFactory eventually() {
        return Awaitility.await().atMost(ANSWER_SECONDS, TimeUnit.SECONDS).pollInterval(Duration.ofMillis(200));
    }

    void createTopic(String topic, int partitions, String timestampType) {
        kafka.createTopic(topic, partitions, Map.of("message.timestamp.type", timestampType));
        eventually().until(() -> admin.listTopics().names().get().contains(topic));
    }

    void deleteTopic(String topic) throws Exception {
        admin.deleteTopics(List.of(topic)).all().get();
        eventually().until(() -> !admin.listTopics().names().get().contains(topic));
    }

    /** Deletes the records of a partition before an offset, as retention does. */
    void deleteBefore(String topic, int partition, long offset) throws Exception {
        admin.deleteRecords(Map.of(new TopicPartition(topic, partition), RecordsToDelete.beforeOffset(offset)))
                .all()
                .get();
    }

    /** Starts a job over a database that knows nothing of the jobs of other tests. */
    JobClient startAfresh(Job job) throws Exception {
        try (Connection connection = database.access().connect();
                Statement statement = connection.createStatement()) {
            statement.execute("DELETE FROM intake_hourly");
        }
        return start(job, null);
    }

    /**
     * Starts a job.
     *
     * @param savepoint where to go on; null for a job without state
     */
    JobClient start(Job job, @Nullable String savepoint) throws Exception {
        Configuration settings = new Configuration();
        settings.set(CoreOptions.DEFAULT_PARALLELISM, PARALLELISM);
        if (savepoint != null) {
            settings.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
        }
        StreamExecutionEnvironment env = flink.environment(settings);
        TallymarkJob.build(env, SettingsLoader.load(configuration(job)));
        JobClient client = env.executeAsync("metering " + job.topic());
        jobs.add(client);
        return client;
    }

    /** Cancels every job that still runs. */
    void cancelJobs() throws Exception {
        for (JobClient job : jobs) {
            if (!job.getJobStatus().get().isGloballyTerminalState()) {
                job.cancel().get();
                eventually().until(() -> job.getJobStatus().get().isGloballyTerminalState());
            }
        }
        jobs.clear();
    }

    String stopWithSavepoint(JobClient job) throws Exception {
        return job.stopWithSavepoint(
                        false, work.directory("savepoints").toUri().toString(), SavepointFormatType.CANONICAL)
                .get(ANSWER_SECONDS, TimeUnit.SECONDS);
    }

    /** Sends an event of one token. */
    void send(String topic, int partition, @Nullable Instant append, String customer, String id, String time)
            throws Exception {
        String json = """
                {"id":"%s","source":"test","type":"api.request","subject":"%s","time":"%s","data":{"tokens":1}}
                """.formatted(id, customer, time);
        Long millis = append == null ? null : append.toEpochMilli();
        producer.send(new ProducerRecord<>(topic, partition, millis, null, json.getBytes(StandardCharsets.UTF_8)))
                .get();
    }

    /** Sends records that no meter listens to, to both of two partitions in turn. */
    void sendFiller(String topic, int records) {
        byte[] filler = "{\"id\":\"f\",\"source\":\"test\",\"type\":\"filler\",\"subject\":\"nobody\"}"
                .getBytes(StandardCharsets.UTF_8);
        List<Future<RecordMetadata>> sent = new ArrayList<>(records);
        for (int i = 0; i < records; i++) {
            sent.add(producer.send(new ProducerRecord<>(topic, i % 2, null, filler)));
        }
        producer.flush();
        assertThat(sent).allMatch(Future::isDone);
    }

    /** Which attempt of a writer wrote a customer's rows last. */
    long lastWriter(String customer) throws SQLException {
        try (Connection connection = database.access().connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT max(writer_epoch) FROM usage_hourly WHERE customer_id = '" + customer + "'")) {
            row.next();
            return row.getLong(1);
        }
    }

    /** A customer's hours as "2026-03-01T12:00:00Z 3 closed". */
    List<String> hours(String customer) throws SQLException {
        List<String> hours = new ArrayList<>();
        try (Connection connection = database.access().connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT period_start, event_count, closed FROM usage_hourly"
                        + " WHERE customer_id = '" + customer + "' ORDER BY period_start")) {
            while (row.next()) {
                hours.add(row.getTimestamp(1).toInstant() + " " + row.getLong(2)
                        + (row.getBoolean(3) ? " closed" : " open"));
            }
        }
        return hours;
    }

    /** Events that were not counted because their hour was not seen whole, by hour. */
    Map<String, Long> uncovered(String topic) throws SQLException {
        return intake(topic, "uncovered_hours");
    }

    /** Dead letters by reason. */
    Map<String, Long> deadLetters(String topic) throws SQLException {
        return intake(topic, "reasons");
    }

    @Override
    public void close() {
        teardown.close();
    }

    private Map<String, Long> intake(String topic, String column) throws SQLException {
        Map<String, Long> counts = new TreeMap<>();
        try (Connection connection = database.access().connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT key, sum(value::bigint) FROM intake_hourly,"
                        + " jsonb_each_text(" + column + ") WHERE topic = '" + topic + "' GROUP BY key")) {
            while (row.next()) {
                counts.put(row.getString(1), row.getLong(2));
            }
        }
        return counts;
    }

    private Path configuration(Job job) throws Exception {
        String yaml = """
                pipelines: [metering]
                kafka: {bootstrap-servers: "%s", topic: %s, dead-letter-topic: letters, trust-create-time: %s}
                postgres: {url: "%s", user: "%s"}
                metering: {early-results: 200ms, %s}
                meters:
                  - {metric: requests, event-type: api.request, aggregation: count}
                """.formatted(
                        kafka.bootstrapServers(),
                        job.topic(),
                        !job.realClock(),
                        database.access().url(),
                        database.access().user(),
                        job.metering());
        return Files.writeString(work.root().resolve(job.topic() + ".yaml"), yaml);
    }
}
