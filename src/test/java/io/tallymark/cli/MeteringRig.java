package io.tallymark.cli;

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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A real broker, database and Flink with the metering job, for tests of commands. */
final class MeteringRig implements AutoCloseable {
    private final WorkDirectory work = WorkDirectory.create();
    private final EmbeddedKafka kafka = EmbeddedKafka.start(work.directory("kafka"), ListenPort.free());
    private final EmbeddedDatabase database = EmbeddedDatabase.start(work.directory("postgres"), ListenPort.free());
    private final EmbeddedFlink flink;
    private final KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
            Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer());

    MeteringRig(Map<String, String> topicConfig) throws Exception {
        flink = EmbeddedFlink.start(
                work.directory("flink"), ListenPort.free(), new EmbeddedFlink.Size(1, 2), new Configuration());
        kafka.createTopic("usage-events", 2, topicConfig);
        kafka.createTopic("usage-dead-letters", 1, Map.of());
    }

    EmbeddedKafka kafka() {
        return kafka;
    }

    /** Writes a configuration file. */
    Path config(String name, String kafkaKeys, String meters) throws Exception {
        String yaml = """
                pipelines: [metering]
                kafka: {bootstrap-servers: "%s"%s}
                postgres: {url: "%s", user: "%s"}
                metering: {early-results: 200ms, close-delay: 1s}
                meters: [%s]
                """.formatted(
                        kafka.bootstrapServers(),
                        kafkaKeys,
                        database.access().url(),
                        database.access().user(),
                        meters);
        return Files.writeString(work.root().resolve(name), yaml);
    }

    JobClient start(Path config) throws Exception {
        return start(config, new Configuration());
    }

    /** Stops a job and starts another from its state. */
    JobClient restart(JobClient running, Path config) throws Exception {
        String savepoint = running.stopWithSavepoint(
                        false, work.directory("savepoints").toUri().toString(), SavepointFormatType.CANONICAL)
                .get();
        Configuration from = new Configuration();
        from.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
        return start(config, from);
    }

    private JobClient start(Path config, Configuration jobSettings) throws Exception {
        StreamExecutionEnvironment env = flink.environment(jobSettings);
        TallymarkJob.build(env, SettingsLoader.load(config));
        return env.executeAsync("metering");
    }

    /** Appends a record; its timestamp counts only where the topic takes those of producers. */
    void send(int partition, long timestampMillis, String json) throws Exception {
        byte[] value = json.getBytes(StandardCharsets.UTF_8);
        producer.send(new ProducerRecord<>("usage-events", partition, timestampMillis, null, value))
                .get();
    }

    /** Deletes what stands before an offset, by partition, as retention would. */
    void truncate(String topic, Map<Integer, Long> offsets) throws Exception {
        Map<TopicPartition, RecordsToDelete> before = new HashMap<>();
        offsets.forEach((partition, offset) ->
                before.put(new TopicPartition(topic, partition), RecordsToDelete.beforeOffset(offset)));
        try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers()))) {
            admin.deleteRecords(before).all().get();
        }
    }

    /** Rows of a query, columns joined by spaces. */
    List<String> query(String sql) throws SQLException {
        try (Connection connection = database.access().connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            List<String> rows = new ArrayList<>();
            while (row.next()) {
                List<String> columns = new ArrayList<>();
                for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                    columns.add(row.getString(i));
                }
                rows.add(String.join(" ", columns));
            }
            return rows;
        }
    }

    void update(String sql) throws SQLException {
        try (Connection connection = database.access().connect();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        }
    }

    @Override
    public void close() {
        producer.close();
        flink.close();
        database.close();
        kafka.close();
        work.close();
    }
}
