package io.tallymark.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.cluster.StandaloneCluster.Answer;
import io.tallymark.cluster.UsageFeed.Total;
import io.tallymark.embedded.EmbeddedDatabase;
import io.tallymark.embedded.EmbeddedKafka;
import io.tallymark.embedded.ListenPort;
import io.tallymark.embedded.Teardown;
import io.tallymark.embedded.WorkDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ClusterIT {
    private static final String DEAD_LETTERS = "usage-dead-letters";
    private static final String JOB_JAR = Path.of(System.getProperty("tallymark.job-jar", "target/tallymark-job.jar"))
            .toAbsolutePath()
            .toString();
    private static final Duration POLL = Duration.ofMillis(200);

    private static final Teardown TEARDOWN = Teardown.atExit();
    private static WorkDirectory work;
    private static EmbeddedKafka kafka;
    private static EmbeddedDatabase database;
    private static StandaloneCluster cluster;

    @BeforeAll
    static void start() throws Exception {
        work = TEARDOWN.open(WorkDirectory::create);
        kafka = TEARDOWN.open(() -> EmbeddedKafka.start(work.directory("kafka"), ListenPort.free()));
        database = TEARDOWN.open(() -> EmbeddedDatabase.start(work.directory("postgres"), ListenPort.free()));
        kafka.createTopic(UsageFeed.TOPIC, UsageFeed.PARTITIONS, Map.of("message.timestamp.type", "LogAppendTime"));
        kafka.createTopic(DEAD_LETTERS, 1, Map.of());
        cluster = TEARDOWN.open(() -> StandaloneCluster.start(work.directory("flink")));
    }

    @AfterAll
    static void stop() {
        TEARDOWN.close();
    }

    @Test
    void countsEveryEventOnceAcrossASavepoint() throws Exception {
        Path config = configuration("good.yaml", "usage-events");
        try (UsageFeed feed = new UsageFeed(kafka.bootstrapServers())) {
            String job = run(config, List.of());
            feed.count(0, 400);
            feed.repeat(0, 150);
            feed.deadLetters(10_000);
            eventually().untilAsserted(() -> assertThat(table()).isEqualTo(feed.expected()));

            String savepoint = stopWithSavepoint(job);
            forgetTopic();
            feed.count(400, 600);
            feed.repeat(300, 500);
            String resumed = run(config, List.of("-s", savepoint));
            feed.count(600, 700);
            feed.repeat(0, 100);
            feed.deadLetters(10_001);

            eventually().until(() -> consumed().equals(kafka.endOffsets(UsageFeed.TOPIC)));
            eventually().untilAsserted(() -> assertThat(table()).isEqualTo(feed.expected()));
            // Longer than early-results and the table's batch: a repeat that was counted would show by then.
            Awaitility.await().during(Duration.ofSeconds(3)).until(() -> table().equals(feed.expected()));
            assertThat(reasonsOfDeadLetters())
                    .isEqualTo(Map.of("UNREADABLE", 2L, "MISSING_ATTRIBUTE", 2L, "TOO_LATE", 2L, "IN_FUTURE", 2L));
            assertThat(cluster.get("/jobs/" + resumed + "/checkpoints")).contains("\"is_savepoint\":true");
            assertThat(cluster.get("/jobs/" + resumed + "/exceptions")).contains("\"entries\":[]");
            stopWithSavepoint(resumed);
            assertThat(table()).isEqualTo(feed.expected());
        }
        assertThat(cluster.isAlive()).isTrue();
    }

    @Test
    void saysInOneLineWhatIsWrongWithAConfiguration() throws Exception {
        Path config = configuration("bad.yaml", "no-such-topic");

        Answer answer = cluster.flink(List.of("run", "-d", JOB_JAR, "--config", config.toString()));

        assertThat(answer.exitCode()).isNotZero();
        assertThat(answer.errors().lines().filter(line -> !line.startsWith("To mend it: ")))
                .containsExactly("kafka.topic: the topic no-such-topic does not exist at " + kafka.bootstrapServers());
        assertThat(answer.output() + answer.errors()).doesNotContain("\tat ", "Exception");
    }

    @Test
    void answersOnItsDashboard() throws Exception {
        assertThat(cluster.get("/")).contains("Apache Flink Web Dashboard");
        assertThat(cluster.get("/config")).contains("\"flink-version\":\"2.3.0\"");
    }

    @Test
    void offersMetricsOfBothProcesses() throws Exception {
        assertThat(cluster.metrics())
                .contains("flink_jobmanager_numRegisteredTaskManagers", "flink_taskmanager_Status_JVM_Memory_Heap_Max");
    }

    private static Path configuration(String name, String topic) throws IOException {
        return Files.writeString(work.root().resolve(name), """
                pipelines: [metering]
                kafka: {bootstrap-servers: "%s", topic: %s, dead-letter-topic: %s}
                postgres: {url: "%s", user: %s}
                metering: {max-lateness: 1d, close-delay: 1s, early-results: 500ms, quiet-partition: 1s}
                meters:
                  - {metric: api_requests, event-type: api.request, aggregation: count, dimensions: [data.region]}
                  - {metric: api_bytes, event-type: api.request, aggregation: sum, value: data.kilobytes}
                """.formatted(
                        kafka.bootstrapServers(),
                        topic,
                        DEAD_LETTERS,
                        database.access().url(),
                        database.access().user()));
    }

    private static String run(Path config, List<String> options) throws Exception {
        List<String> command = new ArrayList<>(List.of("run", "-d"));
        command.addAll(options);
        command.addAll(List.of(JOB_JAR, "--config", config.toString()));
        return answered(command, "JobID ([0-9a-f]{32})");
    }

    private static String stopWithSavepoint(String job) throws Exception {
        String savepoints = work.directory("savepoints").toUri().toString();
        return answered(List.of("stop", "--savepointPath", savepoints, job), "Savepoint completed\\. Path: (\\S+)");
    }

    private static String answered(List<String> command, String pattern) throws Exception {
        Answer answer = cluster.flink(command);
        Matcher matcher = Pattern.compile(pattern).matcher(answer.output());
        assertThat(answer.exitCode()).as("exit code of %s: %s", command, answer).isZero();
        assertThat(matcher.find()).as("answer to %s: %s", command, answer).isTrue();
        return matcher.group(1);
    }

    private static Map<String, Total> table() throws SQLException {
        Map<String, Total> totals = new TreeMap<>();
        try (Connection connection = database.access().connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT metric || ' ' || customer_id, sum(quantity),"
                        + " sum(event_count) FROM usage_hourly GROUP BY metric, customer_id")) {
            while (rows.next()) {
                totals.put(rows.getString(1), new Total(rows.getBigDecimal(2), rows.getLong(3)));
            }
        }
        return totals;
    }

    /** Deletes every record so far: what was counted of them lives in the savepoint only, so a fresh start would be found out. */
    private static void forgetTopic() throws Exception {
        Map<TopicPartition, RecordsToDelete> all = new TreeMap<>((a, b) -> a.partition() - b.partition());
        kafka.endOffsets(UsageFeed.TOPIC)
                .forEach((partition, end) ->
                        all.put(new TopicPartition(UsageFeed.TOPIC, partition), RecordsToDelete.beforeOffset(end)));
        try (Admin admin = admin()) {
            admin.deleteRecords(all).all().get();
        }
    }

    /** Offsets that the job's consumer group committed with its checkpoints. */
    private static Map<Integer, Long> consumed() throws Exception {
        try (Admin admin = admin()) {
            return admin.listConsumerGroupOffsets("tallymark").partitionsToOffsetAndMetadata().get().entrySet().stream()
                    .collect(Collectors.toMap(
                            entry -> entry.getKey().partition(),
                            entry -> entry.getValue().offset()));
        }
    }

    private static Map<String, Long> reasonsOfDeadLetters() {
        Map<String, Object> settings = Map.of("bootstrap.servers", kafka.bootstrapServers());
        long end = kafka.endOffsets(DEAD_LETTERS).getOrDefault(0, 0L);
        List<String> reasons = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            TopicPartition partition = new TopicPartition(DEAD_LETTERS, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            eventually().until(() -> {
                consumer.poll(POLL)
                        .forEach(letter -> reasons.add(new String(
                                letter.headers().lastHeader("tallymark-reason").value(), StandardCharsets.UTF_8)));
                return consumer.position(partition) >= end;
            });
        }
        return reasons.stream().collect(Collectors.groupingBy(reason -> reason, Collectors.counting()));
    }

    private static Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
    }

    private static ConditionFactory eventually() {
        return Awaitility.await().atMost(Duration.ofSeconds(90)).pollInterval(POLL);
    }
}
